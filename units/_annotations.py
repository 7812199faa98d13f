"""Read a unit's imports from its parameters and its exports from its return annotation."""

from __future__ import annotations

import collections.abc
import functools
import types
from collections.abc import Callable, Iterable
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from signatures._calls import Parameter, Unsaid
from signatures._errors import nearest
from signatures._lazy import LazyModule
from signatures._records import NamedTuple
from signatures._zope import InterfaceClass, implementedBy
from units._errors import Problem
from units._specs import Export, Import, Tag

if TYPE_CHECKING:
    import ast
    import inspect
    import linecache
else:
    ast = LazyModule("ast")
    inspect = LazyModule("inspect")
    linecache = LazyModule("linecache")

#: Return annotations of a body that yields its component and cleans up afterwards.
LIFETIMES = (
    collections.abc.Iterator,
    collections.abc.Generator,
    collections.abc.Iterable,
    collections.abc.AsyncIterator,
    collections.abc.AsyncGenerator,
    collections.abc.AsyncIterable,
)


class Reading(NamedTuple):
    """What annotations told: imports, settings, exports, and everything wrong with them."""

    imports: tuple[Import, ...]
    settings: tuple[str, ...]
    exports: tuple[Export, ...]
    #: Whether the component is returned alone, not in a tuple.
    single: bool
    problems: tuple[Problem, ...]


class Annotations:
    """The annotations of *body*, which stands at *where*, evaluated where they were written.

    *frame* is the place where the unit is defined, so that local signatures are known, too.
    """

    def __init__(self, body: Callable[..., Any], where: str, frame: FrameType | None) -> None:
        self.where, self.frame, self.function = where, frame, innermost(body)

    def scope(self) -> dict[str, Any]:
        """Return the local names that annotations may use."""
        frame, name = self.frame, getattr(self.function, "__qualname__", "")
        if frame is None or (frame.f_locals is frame.f_globals and "<locals>" not in name):
            return {}
        return _scope(frame, name)

    def globals(self) -> dict[str, Any]:
        """Return the names of the module in which the annotations stand."""
        return getattr(self.function, "__globals__", {})

    def value(self, annotation: Any) -> Any:
        """Return what *annotation* means, or a `Problem` that says why it means nothing."""
        if not isinstance(annotation, str):
            return annotation
        scope, module = self.scope(), self.globals()
        for names in (scope, module):
            if annotation in names:  # nearly always it is a name and nothing more
                return names[annotation]
        try:
            return eval(annotation, module, scope)
        except NameError as error:
            return self._unresolved(annotation, error.name or str(error))
        except Exception as error:  # noqa: BLE001 - an annotation is any expression
            return Problem(
                "annotation cannot be evaluated",
                {"annotation": annotation, "error": f"{type(error).__name__}: {error}"},
            )

    def _unresolved(self, annotation: str, name: str) -> Problem:
        file = getattr(getattr(self.function, "__code__", None), "co_filename", "")
        line = _type_checking_import(file, name)
        known = [*self.scope(), *self.globals()]
        return Problem(
            "annotation names something that does not exist at run time",
            {
                "annotation": annotation,
                "undefined": name,
                "imported": f"only under TYPE_CHECKING ({file}:{line})" if line else None,
                "hint": "import it outside `if TYPE_CHECKING`: units need it when they run"
                if line
                else None,
                "did you mean": None if line else nearest(name, known),
            },
        )


def innermost(body: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that *body* wraps, through decorators and `functools.partial`."""
    function = body
    while True:
        if hasattr(function, "__wrapped__"):
            function = inspect.unwrap(function)
        elif isinstance(function, functools.partial):
            function = function.func
        else:
            return function


def read(
    name: str,
    parameters: Iterable[Parameter],
    returns: Any,
    annotations: Annotations,
    by_name: Iterable[str] = (),
) -> Reading:
    """Return what the *parameters* and *returns* of the unit *name* declare.

    *by_name* are names that other parameters take by name, for suggestions.
    """
    imports: list[Import] = []
    settings: list[str] = []
    problems: list[Problem] = []
    for p in parameters:
        meaning = annotations.value(p.annotation)
        spec = import_of(meaning, p)
        if isinstance(spec, Import):
            imports.append(spec)
        elif p.optional and not isinstance(spec, Problem):
            settings.append(p.name)
        else:
            problem = spec or _no_import(meaning, p.name, by_name)
            fields = {"unit": name, "at": annotations.where, "parameter": p.name}
            problems.append(Problem(problem.sentence, {**fields, **problem.fields}))
    exports: tuple[Export, ...] = ()
    single = True
    found = exports_of(annotations.value(returns))
    if isinstance(found, Problem):
        fields = {"unit": name, "at": annotations.where}
        problems.append(Problem(found.sentence, {**fields, **found.fields}))
    else:
        exports, single = found
    return Reading(tuple(imports), tuple(settings), exports, single, tuple(problems))


def import_of(annotation: Any, p: Parameter) -> Import | Problem | None:
    """Return the import that parameter *p* declares, nothing if it is none, or a `Problem`."""
    if isinstance(annotation, Problem):
        return annotation
    if isinstance(annotation, InterfaceClass):  # the common case needs no taking apart
        return Import(annotation, None, p.optional, p.name)
    alternatives = [a for a in _alternatives(annotation) if a is not type(None)]
    if len(alternatives) != 1:
        return None
    optional = p.optional or alternatives[0] is not annotation
    signature, tag = _tagged(alternatives[0])
    optional = optional or type(None) in _alternatives(_bare(alternatives[0]))
    if signature is None:
        return None
    return Import(signature, tag, optional, p.name)


def exports_of(annotation: Any) -> tuple[tuple[Export, ...], bool] | Problem:
    """Return the exports that a return *annotation* declares and whether it is one alone."""
    if isinstance(annotation, Problem):
        return annotation
    if annotation is None:
        return (), True
    if isinstance(annotation, InterfaceClass):
        return (Export(annotation),), True
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in LIFETIMES and arguments:
        return exports_of(arguments[0])
    if origin is tuple:
        found = [_tagged(argument) for argument in arguments]
        declared = [Export(signature, tag) for signature, tag in found if signature is not None]
        if declared and len(declared) < len(found):
            return Problem(
                "return annotation mixes signatures with other types",
                {"annotation": annotation, "expected": "signatures only, tuple[IA, IB]"},
            )
        return tuple(declared), False
    signature, tag = _tagged(annotation)
    if signature is not None:
        return (Export(signature, tag),), True
    implemented = _implemented(annotation)
    if implemented:
        return Problem(
            "return annotation names a class, not a signature",
            {
                "annotation": annotation.__qualname__,
                "expected": " or ".join(s.__name__ for s in implemented),
                "hint": "a unit exports signatures; the class stays its secret",
            },
        )
    return (), True


def _no_import(annotation: Any, parameter: str, by_name: Iterable[str]) -> Problem:
    """Say why a *parameter* with this *annotation* can be neither import nor setting."""
    implemented = _implemented(annotation)
    missing = annotation is Unsaid
    return Problem(
        "parameter is neither an import nor a setting",
        {
            "annotation": None if missing else _name(annotation),
            "expected": " or ".join(s.__name__ for s in implemented)
            or "a signature as annotation, or a default value",
            "did you mean": nearest(parameter, by_name),
            "hint": "import the signature, not a class that implements it"
            if implemented
            else _protocol_hint(annotation),
        },
    )


def _protocol_hint(annotation: Any) -> str | None:
    if getattr(annotation, "_is_protocol", False):
        return f"adopt the Protocol first: signature({_name(annotation)})"
    return None


def _implemented(annotation: Any) -> tuple[InterfaceClass, ...]:
    return tuple(implementedBy(annotation)) if isinstance(annotation, type) else ()


def _name(annotation: Any) -> str:
    return getattr(annotation, "__qualname__", None) or str(annotation)


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the annotation alone."""
    if get_origin(annotation) in (Union, types.UnionType):
        return get_args(annotation)
    return (annotation,)


def _bare(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _tagged(annotation: Any) -> tuple[InterfaceClass | None, str | None]:
    """Return the signature and the tag that *annotation* names, each if there is one."""
    tag = None
    if get_origin(annotation) is Annotated:
        annotation, *extras = get_args(annotation)
        tag = next((extra.name for extra in extras if isinstance(extra, Tag)), None)
        kept = [a for a in _alternatives(annotation) if a is not type(None)]
        annotation = kept[0] if len(kept) == 1 else annotation
    # IBox[int] is IBox at run time.
    annotation = getattr(annotation, "__origin__", annotation)
    return (annotation if isinstance(annotation, InterfaceClass) else None), tag


def _type_checking_import(file: str, name: str) -> int | None:
    """Return the line of *file* that imports *name* under ``if TYPE_CHECKING``, if one does."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except SyntaxError:
        return None
    for block in ast.walk(tree):
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test):
            for node in ast.walk(block):
                if isinstance(node, (ast.Import, ast.ImportFrom)):
                    if any((alias.asname or alias.name) == name for alias in node.names):
                        return node.lineno
    return None


def _scope(frame: FrameType | None, qualname: str) -> dict[str, Any]:
    """Return the local names that the text of *qualname* may use, innermost ones winning.

    Those of *frame*, where the unit is defined, and those of the functions around it that still
    run; without its own closure there is no other way to names that only an annotation mentions.
    """
    scope: dict[str, Any] = {}
    here = frame
    while frame is not None:
        around = frame.f_code.co_qualname + "."
        inside = frame is here or qualname.startswith(around)
        if inside and frame.f_locals is not frame.f_globals:
            scope = {**frame.f_locals, **scope}
        frame = frame.f_back
    return scope
