"""What every form does: read its clauses, check units against their usage context, report.

Racket has two moments for a mistake.  What the text of a form tells by itself (an unknown link, a
signature that two supplies share) is found when the program is compiled; what needs the unit's
value is found when the form is evaluated.  A form here looks for all mistakes of the first kind,
then for all of the second, and runs nothing before both searches came back empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signatures._adjust import Adjusted
from signatures._declare import as_signature, describe
from signatures._errors import SignatureError
from signatures._zope import InterfaceClass
from units._by_name import specs
from units._define import as_unit
from units._errors import DefinitionError, InvokeError, LinkError, Problem, ProblemsError
from units._specs import Import, Tagged, covers, shown, untagged
from units._unit import Source, Unit
from units.racket._shapes import AnySpecs


class StaticError(DefinitionError, LinkError):
    """A form that cannot mean anything; Racket finds that when it compiles the program."""


class UsageError(InvokeError, LinkError):
    """A unit that does not fit where it is invoked, as Racket's link check says; nothing has run."""


class Form:
    """One use of the form *name* at *location*, and what is wrong with it."""

    def __init__(
        self, name: str, location: str, error: type[ProblemsError] = LinkError, title: str = ""
    ) -> None:
        self.name, self.location, self.error = name, location, error
        self.title = title or name
        self.static: list[Problem] = []
        self.unfit: list[Problem] = []

    def wrong(self, sentence: str, **fields: object) -> None:
        """Note a mistake in what the form says."""
        self.static.append(self._problem(sentence, fields))

    def misfit(self, sentence: str, **fields: object) -> None:
        """Note that a unit does not fit the form."""
        self.unfit.append(self._problem(sentence, fields))

    def _problem(self, sentence: str, fields: dict[str, object]) -> Problem:
        return Problem(sentence, {"form": self.name, "at": self.location, **fields})

    def check(self) -> None:
        """Raise `StaticError` for what is wrong, else the form's own error for what does not fit."""
        if self.static:
            raise StaticError(self.static)
        if self.unfit:
            raise self.error(self.unfit)

    def specs(self, given: AnySpecs, what: str) -> list[tuple[str | None, Adjusted]]:
        """Return tag and adjusted signature of each of *given*; note those that are none."""
        return specs(given, what, self.wrong)

    def signature(self, given: Any) -> tuple[str | None, InterfaceClass] | None:
        """Return tag and signature of *given*, which nothing adjusts; note it if it is none."""
        tag, of = untagged(given)
        try:
            return tag, as_signature(of)
        except SignatureError as error:
            if isinstance(of, Adjusted):
                self.wrong("not an identifier of a signature", given=repr(of))
            else:
                self.wrong("unknown signature", **error.fields)
            return None

    def unit(self, thing: Any) -> Unit[..., Any] | None:
        """Return the unit that *thing* is; note it if it is none."""
        found = as_unit(thing)
        if found is None:
            self.misfit("result of unit expression was not a unit", given=describe(thing))
        return found

    def related(self, given: Sequence[Supply], what: str) -> None:
        """Note each pair of *given*, under one tag, of which one signature extends the other."""
        for index, one in enumerate(given):
            for two in given[index + 1 :]:
                if one.tag == two.tag and _related(one.signature, two.signature):
                    pair = f"{one} and {two}"
                    self.wrong(f"the signature of one {what} extends this signature", of=pair)

    def imports(
        self, found: Unit[..., Any], supplies: Sequence[Supply]
    ) -> tuple[Source | None, ...]:
        """Return which of *supplies* each import of *found* gets: same tag, covering signature."""
        return tuple(self._import(found, wanted, supplies) for wanted in found.imports)

    def _import(
        self, found: Unit[..., Any], wanted: Import, supplies: Sequence[Supply]
    ) -> Source | None:
        fits = [
            s for s in supplies if s.tag == wanted.tag and covers(s.signature, wanted.signature)
        ]
        if len(fits) == 1:
            return fits[0].source
        if fits or not wanted.optional:
            how = "supplies multiple times" if fits else "does not supply"
            self.misfit(
                f"unit argument expects an import which this usage context {how}",
                **{
                    "import": shown(wanted.signature, wanted.tag),
                    "unit": f"{found.name} ({found.location})",
                    "supplied": ", ".join(map(str, fits or supplies)) or "nothing",
                },
            )
        return None

    def export(self, found: Unit[..., Any], tag: str | None, asked: InterfaceClass) -> int | None:
        """Return the number of the one export of *found* that *asked* under *tag* means."""
        exports = enumerate(found.exports)
        fits = [n for n, e in exports if e.tag == tag and covers(e.signature, asked)]
        if len(fits) == 1:
            return fits[0]
        how = "supplies multiple times" if fits else "does not supply"
        self.misfit(
            f"this usage context expects a unit with an export which the given unit {how}",
            **{
                "export": shown(asked, tag),
                "unit": f"{found.name} ({found.location})",
                "it exports": ", ".join(map(str, found.exports)) or "nothing",
            },
        )
        return None


def entries(given: Any) -> list[Any]:
    """Return the entries of a clause: of one that is written without a list, too."""
    every: Any = given
    alone = isinstance(given, (str, InterfaceClass, Adjusted, Tagged, Mapping))
    return [every] if alone or not isinstance(given, Iterable) else [*every]


@dataclass(frozen=True)
class Supply:
    """Something that an import can get: *signature*, to imports with *tag*, from *source*."""

    signature: InterfaceClass
    tag: str | None
    source: Source
    name: object = ""

    def __str__(self) -> str:
        name = f"{self.name} : " if self.name else ""
        return f"{name}{shown(self.signature, self.tag)}"


def _related(one: InterfaceClass, two: InterfaceClass) -> bool:
    return covers(one, two) or covers(two, one)
