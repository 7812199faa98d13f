"""Invoke a unit and bind what it exports as names in a namespace; a module as a unit."""

from __future__ import annotations

import ast
import importlib.util
import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping
from types import CodeType, ModuleType
from typing import Any

from signatures._adjust import Adjusted
from signatures._members import for_export_members, member_names
from units._by_name import clauses, combined, dependencies, specs
from units._checks import repeated
from units._define import as_unit
from units._errors import DefinitionError, InvokeError, Problem, UninitializedError
from units._invoke import invoke_result
from units._link import AnyUnit
from units._reports import defined_twice, related_exports, undefined
from units._specs import Tagged, covers, shown
from units._unit import FunctionUnit, Live, Mapped, Unit
from units._views import may_change


def define_into(
    namespace: MutableMapping[str, Any],
    u: AnyUnit,
    /,
    *components: Any,
    exports: Iterable[Any] | None = None,
) -> Any:
    """Invoke *u* with *components*, bind its members as names in *namespace*, return its result.

    *exports* are signatures, perhaps tagged and adjusted as imports are (`only` and `except_` too);
    left out, everything that *u* exports is bound.  Members that a signature derives are bound as
    well.  Racket: ``define-values/invoke-unit`` (rule V4).

    Raises `InvokeError`, with nothing bound and nothing run, if *u* does not export what is asked
    for or two members would get one name; otherwise what `units.invoke` raises.
    """
    found = as_unit(u)
    if found is None:
        raise InvokeError([Problem("only a unit can be invoked", {"given": repr(u)})])
    names, problems = _names(found, exports)
    if problems:
        raise InvokeError(problems)
    made, result = invoke_result(found, *components)
    parts = (made,) if found.single else made
    values = {name: getattr(parts[number], member) for name, (number, member) in names.items()}
    namespace.update(values)
    return result


def _names(
    found: Unit[..., Any], exports: Iterable[Any] | None
) -> tuple[dict[str, tuple[int, str]], list[Problem]]:
    """Return which member of which export each name is to be, and what is wrong with that."""
    problems: list[Problem] = []
    fields: dict[str, object] = {"unit": found.name, "at": found.location}

    def note(sentence: str, **detail: object) -> None:
        problems.append(Problem(sentence, {**fields, **detail}))

    if exports is None:
        exports = [
            e.signature if e.tag is None else Tagged(e.tag, e.signature) for e in found.exports
        ]
    names: dict[str, tuple[int, str]] = {}
    for tag, spec in specs(exports, "export", note):
        fits = [
            number
            for number, export in enumerate(found.exports)
            if export.tag == tag and covers(export.signature, spec.signature)
        ]
        if len(fits) != 1:
            how = "multiple times" if fits else "not at all"
            there = ", ".join(map(str, found.exports)) or "nothing"
            wanted = shown(spec.signature, tag)
            note(f"the unit supplies an export {how}", export=wanted, **{"it exports": there})
            continue
        for name, member in spec.names.items():
            if name in names:
                note(
                    "two members would be bound to one name", name=name, hint="use prefix or rename"
                )
            names[name] = (fits[0], member)
    return names, problems


def module_unit(
    module: ModuleType | str,
    /,
    *,
    imports: Iterable[Any] | None = None,
    exports: Iterable[Any] | None = None,
    init_depend: Iterable[Any] | None = None,
    name: str | None = None,
) -> Unit[..., Any]:
    """Make a unit whose body is the text of *module*, run anew, in its own namespace, each time.

    *imports*, *exports* and *init_depend* are signatures, perhaps tagged and adjusted.  Left out,
    they are what the module assigns to ``__imports__``, ``__exports__`` and ``__init_depend__``
    before anything but imports.  Imported members are names that the text uses; the names it
    defines are exported; an expression at its end is its result.  Racket: ``#lang racket/unit``
    (rule L1).

    Raises `DefinitionError` if the module has no text, or its clauses mean nothing.
    """
    file, code, tree = _text(module)
    title = module if isinstance(module, str) else module.__name__
    header = _header(title, file, tree)
    made: FunctionUnit[..., Any] = FunctionUnit()
    made.name, made.location = name or title.rpartition(".")[2], f"{file}:1"
    fields: dict[str, object] = {"unit": made.name, "at": made.location}
    told = clauses(
        header.get("__imports__", ()) if imports is None else imports,
        header.get("__exports__", ()) if exports is None else exports,
        fields,
    )
    made.imports = tuple(wanted for wanted, _ in told.imports)
    made.exports, made.single = told.exports, len(told.exports) == 1
    made.settings, made.signature = (), combined(told, inspect.Signature())
    depends = header.get("__init_depend__", ()) if init_depend is None else init_depend
    made.init_depend, problems = dependencies(depends, made.imports, fields)
    problems = [
        *told.problems,
        *repeated(made, fields),
        *problems,
        *related_exports(made.exports, fields),
    ]
    problems += [*told.clashes, *_body_problems(made, tree, told.fixed())]
    if problems:
        raise DefinitionError(problems)
    imported = [names for _, names in told.imports]
    made.body = made.origin = _running(title, file, code, imported, bool(made.exports))
    made.code = code
    made.goes_on = any(for_export_members(export.signature) for export in made.exports)
    return made


def _body_problems(
    made: FunctionUnit[..., Any], tree: ast.Module, imported: Collection[str]
) -> list[Problem]:
    """Report what the text of a module tells, as for a function's body (rules U3, U6, U7, S10)."""
    fields: dict[str, object] = {"unit": made.name, "at": made.location}
    defined, assigned = _defined(tree), _assigned(tree)
    problems: list[Problem] = []
    for export in made.exports:
        computed = for_export_members(export.signature)
        for member in member_names(export.signature):
            inside = export.inside(member)
            if member in computed:
                if inside in defined:
                    problems.append(defined_twice(made, export, member))
            elif inside not in defined:
                problems.append(undefined(made, export, member, defined))
            elif inside in assigned:
                detail = {"variable": inside, "assigned in": assigned[inside]}
                sentence = "an exported variable is assigned later"
                problems.append(Problem(sentence, {**fields, **detail}))
    for name in sorted(imported):
        if name in assigned:
            detail = {"name": name, "assigned in": assigned[name]}
            problems.append(Problem("an imported name is assigned", {**fields, **detail}))
        elif name in defined:
            detail = {"name": name, "hint": "leave the import out with except_, or rename it"}
            problems.append(Problem("definition for imported name", {**fields, **detail}))
    return problems


def _running(
    title: str, file: str, code: CodeType, imported: list[Adjusted], has_exports: bool
) -> Callable[..., Any]:
    """Return a body that runs *code* in a new namespace that holds the *imported* names."""

    def body(*components: Any) -> Any:
        namespace: dict[str, Any] = {"__name__": title, "__file__": file}
        later: dict[str, tuple[Any, str]] = {}
        for component, names in zip(components, imported, strict=True):
            for name, member in names.names.items():
                try:
                    if not may_change(component):
                        namespace[name] = getattr(component, member)
                        continue
                except UninitializedError:
                    pass
                later[name] = component, member
        if later:
            namespace = Later(namespace, later)
        exec(code, namespace)
        if not has_exports:
            return namespace.get("__result__")
        return Live(Mapped(namespace), complete=True)

    return body


class Later(dict[str, Any]):
    """A namespace with names that are looked up in a component at each use, while they can change.

    *later* maps each to its component and member.  What is there for good is kept.
    """

    def __init__(self, namespace: dict[str, Any], later: dict[str, tuple[Any, str]]) -> None:
        super().__init__(namespace)
        self._later = later

    def __missing__(self, name: str) -> Any:
        component, member = self._later[name]
        value = getattr(component, member)
        if not may_change(component):
            self[name] = value
        return value


def _text(module: ModuleType | str) -> tuple[str, CodeType, ast.Module]:
    """Return the file, the code and the syntax tree of *module*, without running it."""
    name = module if isinstance(module, str) else module.__name__
    spec = importlib.util.find_spec(name) if isinstance(module, str) else module.__spec__
    loader: Any = spec.loader if spec else None
    source = loader.get_source(name) if hasattr(loader, "get_source") else None
    if spec is None or source is None:
        raise DefinitionError([Problem("the module has no text to run", {"module": name})])
    file = spec.origin or name
    tree = ast.parse(source, file)
    return file, compile(_with_result(ast.parse(source, file)), file, "exec"), tree


def _with_result(tree: ast.Module) -> ast.Module:
    """Have the value of an expression that ends the text be its ``__result__`` (rule U2)."""
    last = tree.body[-1] if len(tree.body) > 1 else None
    if isinstance(last, ast.Expr):
        result = ast.Name("__result__", ast.Store())
        tree.body[-1] = ast.copy_location(ast.Assign([result], last.value), last)
        ast.fix_missing_locations(tree)
    return tree


_CLAUSES = frozenset({"__imports__", "__exports__", "__init_depend__"})


def _header(title: str, file: str, tree: ast.Module) -> Mapping[str, Any]:
    """Run the imports and clauses at the top of the module; return what they define."""
    top: list[ast.stmt] = []
    ended = False
    for statement in tree.body:
        is_clause = (
            isinstance(statement, ast.Assign)
            and isinstance(statement.targets[0], ast.Name)
            and statement.targets[0].id in _CLAUSES
        )
        is_import = isinstance(statement, (ast.Import, ast.ImportFrom))
        is_doc = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        ended = ended or not (is_clause or is_import or is_doc)
        if not ended:
            top.append(statement)
        elif is_clause:
            fields = {"module": title, "at": f"{file}:{statement.lineno}"}
            raise DefinitionError([Problem("a clause stands after other statements", fields)])
    namespace: dict[str, Any] = {"__name__": title, "__file__": file}
    exec(compile(ast.Module(top, []), file, "exec"), namespace)
    return namespace


def _assigned(tree: ast.Module) -> dict[str, str]:
    """Return the module's names that functions declare ``global``, with a function that does."""
    return {
        name: function.name
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for statement in ast.walk(function)
        if isinstance(statement, ast.Global)
        for name in statement.names
    }


def _defined(tree: ast.Module) -> set[str]:
    """Return the names that the module's own statements bind, at any depth of blocks."""
    found: set[str] = set()
    todo: list[ast.AST] = list(tree.body)
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(a.asname or a.name).partition(".")[0] for a in node.names}
        else:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
            todo.extend(ast.iter_child_nodes(node))
    return found
