"""Decide who supplies each import, check everything, run nothing.

Exports are indexed under their signature and each one it extends, so that an import finds its
suppliers by one look-up and linking is linear in imports and exports.  The rules are those of
Racket's ``compound-unit/infer`` (rules F1-F9), with one addition: among several suppliers, the one
with the import's tag is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeAlias, TypeGuard, TypeVar

from signatures._declare import as_signature, describe
from signatures._errors import SignatureError
from signatures._zope import InterfaceClass
from units._define import as_unit
from units._errors import Problem
from units._near import nearest_signature
from units._reports import no_unit
from units._specs import Export, Import, covers, lineage, listed, shown, untagged
from units._unit import Source, Unit

T_co = TypeVar("T_co", covariant=True)

#: For each part, where each of its imports comes from; nothing for an optional one.
Wiring: TypeAlias = list[tuple[Source | None, ...]]


class Link(Generic[T_co]):
    """A name for one export, so that it can be passed to one importer and not another.

    *signature* is what the export must offer; *name* is shown in errors.  Racket: the link-id of
    ``((L : sig^) ...)``.

    Raises `SignatureError` if *signature* is none.
    """

    def __init__(self, signature: Callable[..., T_co], name: str = "") -> None:
        self.signature = as_signature(signature)
        self.name = name or self.signature.__name__

    def __repr__(self) -> str:
        return f"Link({self.signature.__name__}, {self.name!r})"


def is_link(thing: object) -> TypeGuard[Link[Any]]:
    """Tell whether *thing* is a `Link`."""
    return isinstance(thing, Link)


class Part:
    """A unit at one place of a linkage: what it is supplied with and what its exports are called."""

    def __init__(self, unit: Any, supplies: tuple[Any, ...], names: tuple[Any, ...]) -> None:
        self.unit, self.supplies, self.names = unit, supplies, names


def part(unit: Any, /, *links: Any, as_: Any = ()) -> Part:
    """Place *unit* in a linkage explicitly, as a line of Racket's ``compound-unit``.

    *links* supply imports: each a `Link`, or ``tag("t", a_link)`` for the import with that tag;
    imports that no link supplies are inferred.  *as_* names exports: a `Link` or several, or
    ``tag("t", a_link)`` for the export with that tag.
    """
    return Part(unit, links, listed(as_))


class Linker:
    """The making of one compound unit: each step adds to the wiring or to the problems."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.units: list[Unit[..., Any]] = []
        #: What each part was given by hand; nothing for most.
        self.supplies: list[tuple[Any, ...]] = []
        self.imports: list[Import] = []
        #: The first thing that an import of each signature can get, and all others, if any.
        self.first: dict[InterfaceClass, Source] = {}
        self.others: dict[InterfaceClass, list[Source]] = {}
        self.links: dict[Link[Any], Source] = {}

    def problem(self, sentence: str, **fields: object) -> None:
        """Note that something is wrong; linking goes on, so that everything is found."""
        self.problems.append(Problem(sentence, fields))

    def add_part(self, given: Any) -> None:
        """Take one argument of `link`: a unit, or a `Part` around one."""
        placed, supplies, as_ = given, (), ()
        if isinstance(given, Part):
            placed, supplies, as_ = given.unit, given.supplies, given.names
        found = as_unit(placed)
        if found is None:
            problem = no_unit(
                "only units can be linked",
                placed,
                component="link the unit that makes it, or import its signature",
                several="name the units one after the other, without brackets",
            )
            self.problems.append(problem)
            return
        position = len(self.units)
        self.units.append(found)
        self.supplies.append(supplies)
        for number, export in enumerate(found.exports):
            self._offer(export.signature, (position, number))
        if as_:
            for link, number in self._named_exports(found, as_).items():
                self.links[link] = position, number

    def add_import(self, given: Any) -> None:
        """Take one entry of ``imports=``: a signature or a `Link`, perhaps tagged."""
        tag, of = untagged(given)
        try:
            signature = of.signature if is_link(of) else as_signature(of)
        except SignatureError as error:
            self.problem("an import of a compound is a signature", **error.fields)
            return
        source = (-1, len(self.imports))
        self.imports.append(Import(signature, tag, parameter=f"import_{source[1]}"))
        self._offer(signature, source)
        if is_link(of):
            self.links[of] = source

    def _offer(self, signature: InterfaceClass, source: Source) -> None:
        """Note that *source* has *signature*: it can supply whoever imports that or an ancestor."""
        for each in lineage(signature):
            if self.first.setdefault(each, source) is not source:
                self.others.setdefault(each, []).append(source)

    def _offered(self, signature: InterfaceClass) -> list[Source]:
        """Return everything that an import of *signature* can get."""
        first = self.first.get(signature)
        return [] if first is None else [first, *self.others.get(signature, ())]

    def _at(self, source: Source) -> Import | Export:
        """Return what *source* is: an export of a part, or an import of the compound."""
        part, number = source
        return self.imports[number] if part < 0 else self.units[part].exports[number]

    def _shown(self, source: Source) -> str:
        """Name *source* in an error, with the names that links give it beside its signature's."""
        links = [link for link, named in self.links.items() if named == source]
        names = [repr(each.name) for each in links if each.name != each.signature.__name__]
        given = f" as {' and '.join(names)}" if names else ""
        return f"{self._owner(source)} ({self._at(source)}){given}"

    def _owner(self, source: Source) -> str:
        part, _ = source
        return f"import of {self.name}" if part < 0 else self.units[part].name

    def _related(self, one: Source, two: Source) -> bool:
        """Tell whether the signature of one extends that of the other."""
        first, second = self._at(one).signature, self._at(two).signature
        return covers(first, second) or covers(second, first)

    def _named_exports(self, found: Unit[..., Any], names: tuple[Any, ...]) -> dict[Link[Any], int]:
        """Return which export of *found* each link names (F4: a name does not narrow)."""
        named: dict[Link[Any], int] = {}
        for given in names:
            tag, link = untagged(given)
            if not is_link(link):
                self.problem(
                    "as_ takes links", unit=found.name, given=describe(link), expected="Link(...)"
                )
                continue
            if link in self.links or link in named:
                self.problem("duplicate linking identifier definition", link=link, unit=found.name)
                continue
            fits = [
                number
                for number, export in enumerate(found.exports)
                if covers(export.signature, link.signature) and export.tag == tag
            ]
            if len(fits) == 1:
                named[link] = fits[0]
            else:
                many = "supplied multiple times" if fits else "not supplied"
                self.problem(
                    f"this export is {many} by the given unit",
                    export=shown(link.signature, tag),
                    link=link,
                    unit=f"{found.name} ({found.location})",
                    **{"it exports": ", ".join(map(str, found.exports)) or "nothing"},
                )
        return named

    def wire(self) -> Wiring:
        """Return, for each part, where each of its imports comes from."""
        wiring: Wiring = []
        for found, supplies in zip(self.units, self.supplies, strict=True):
            given = self._given(found, supplies) if supplies else []
            wiring.append(tuple([self._source(found, wanted, given) for wanted in found.imports]))
        return wiring

    def _given(
        self, found: Unit[..., Any], supplies: tuple[Any, ...]
    ) -> list[tuple[str | None, Source]]:
        """Return what a `Part` lists for its unit, each under the tag of the import it is for."""
        given: list[tuple[str | None, Source]] = []
        for entry in supplies:
            tag, link = untagged(entry)
            source = self.links.get(link) if is_link(link) else None
            if source is None:
                self.problem(
                    "unknown linking identifier",
                    link=link if is_link(link) else describe(link),
                    **{"supplied to": found.name},
                    expected="a Link named by as_= of a part, or listed in imports=",
                )
                continue
            for other_tag, other in given:
                if tag == other_tag and self._related(source, other):
                    self.problem(
                        "the signature of one supplied link extends that of another",
                        unit=found.name,
                        links=f"{self._shown(source)} and {self._shown(other)}",
                        hint='say which import each is for: tag("one", link)',
                    )
            given.append((tag, source))
        return given

    def _source(
        self, found: Unit[..., Any], wanted: Import, given: list[tuple[str | None, Source]]
    ) -> Source | None:
        """Return where *wanted*, an import of *found*, comes from; note it if from nowhere."""
        first = self.first.get(wanted.signature)
        if first is not None and not given and wanted.signature not in self.others:
            return first  # as nearly always
        explicit = [
            source
            for tag, source in given
            if tag == wanted.tag and covers(self._at(source).signature, wanted.signature)
        ]
        suppliers = explicit or self._offered(wanted.signature)
        if len(suppliers) > 1 and not explicit:
            same_tag = [source for source in suppliers if self._at(source).tag == wanted.tag]
            suppliers = same_tag if len(same_tag) == 1 else suppliers
        if len(suppliers) == 1:
            return suppliers[0]
        fields: dict[str, object] = {
            "import": wanted,
            "parameter": wanted.parameter,
            "of unit": f"{found.name} ({found.location})",
        }
        if suppliers:
            fields["suppliers"] = ", ".join(map(self._shown, suppliers))
            link = "a_link" if wanted.tag is None else f'tag("{wanted.tag}", a_link)'
            fields["hint"] = f"name the one that is meant: part({found.name}, {link})"
            kind = "specified linkages satisfy" if explicit else "multiple linkages satisfy"
            self.problem(f"{kind} one import", **fields)
        elif not wanted.optional:
            fields["did you mean"] = self._nearest(wanted.signature)
            fields["hint"] = "link a unit that exports it, or list it in imports="
            self.problem("no linkage satisfies an import", **fields)
        return None

    def _nearest(self, wanted: InterfaceClass) -> str | None:
        """Say which signature that is offered was perhaps meant by *wanted*."""
        found = nearest_signature(wanted, self.first)
        if found is None:
            return None
        if found.__name__ == wanted.__name__:
            return f"another signature of the name {wanted.__name__}: they are not equal"
        if covers(wanted, found):
            return f"{self._shown(self.first[found])}, which does not extend {wanted.__name__}"
        return f"{found.__name__}, exported by {self._owner(self.first[found])}"

    def export(self, given: Any) -> tuple[Export, Source] | None:
        """Return what one entry of ``exports=`` names, and where it comes from."""
        tag, of = untagged(given)
        if is_link(of):
            source = self.links.get(of)
            if source is None:
                self.problem("unknown linking identifier", link=of, **{"exported by": self.name})
                return None
        else:
            try:
                signature = as_signature(of)
            except SignatureError as error:
                self.problem("an export of a compound is a signature", **error.fields)
                return None
            source = self._exporter(signature, tag)
            if source is None:
                return None
        exported = Export(self._at(source).signature, tag)
        if source[0] < 0:
            self.problem(
                "cannot directly export an import",
                export=exported,
                of=self.name,
                hint="route it through a unit that imports and exports it",
            )
            return None
        return exported, source

    def _exporter(self, signature: InterfaceClass, tag: str | None) -> Source | None:
        """Return the one part that exports *signature*; note a problem if none or several do."""
        offered = self._offered(signature)
        found = [source for source in offered if source[0] >= 0] or offered
        if len(found) > 1:
            found = [source for source in found if self._at(source).tag == tag] or found
        if len(found) == 1:
            return found[0]
        fields: dict[str, object] = {"export": shown(signature, tag), "of": self.name}
        if found:
            fields["suppliers"] = ", ".join(map(self._shown, found))
            fields["hint"] = "name the one that is meant with a Link"
            self.problem("multiple sub units export this signature", **fields)
        else:
            fields["did you mean"] = self._nearest(signature)
            self.problem("no sub unit exports this signature", **fields)
        return None

    def sort(
        self, wiring: Wiring, exported: list[tuple[Export, Source]]
    ) -> tuple[Wiring, list[tuple[Export, Source]]]:
        """Put suppliers first; return *wiring* and *exported* as they are in the new order."""
        order = suppliers_first(wiring)
        place = {old: new for new, old in enumerate(order)} | {-1: -1}
        self.units = [self.units[old] for old in order]
        moved = [
            tuple(source and (place[source[0]], source[1]) for source in wiring[old])
            for old in order
        ]
        return moved, [(export, (place[part], n)) for export, (part, n) in exported]

    def check_order(self, wiring: Wiring) -> tuple[Import, ...]:
        """Check that imports read while starting come from earlier parts (C11).

        Returns those imports of the compound that its parts read while they start.
        """
        inherited: dict[int, None] = {}
        for position, (found, sources) in enumerate(zip(self.units, wiring, strict=True)):
            if not found.init_depend:
                continue
            for wanted, source in zip(found.imports, sources, strict=True):
                if source is None or wanted not in found.init_depend:
                    continue
                if source[0] < 0:
                    inherited[source[1]] = None
                elif source[0] >= position:
                    self.problem(
                        "an initialization dependency is supplied from a later unit",
                        **{"import": wanted},
                        unit=f"{found.name} ({found.location})",
                        supplier=self.units[source[0]].name,
                        hint="link the supplier first, or ask for sort=True",
                    )
        return tuple(self.imports[number] for number in inherited)


def suppliers_first(wiring: Wiring) -> list[int]:
    """Return the positions of parts such that suppliers come first, else in the order given.

    Inside a cycle the order given decides.
    """
    order: list[int] = []
    state: dict[int, int] = {}
    for start in range(len(wiring)):
        stack = [start]
        while stack:
            position = stack[-1]
            if state.get(position) is None:
                state[position] = 1
                needed = [s[0] for s in wiring[position] if s is not None and s[0] >= 0]
                stack.extend(p for p in reversed(needed) if p not in state)
            else:
                stack.pop()
                if state[position] == 1:
                    state[position] = 2
                    order.append(position)
    return order
