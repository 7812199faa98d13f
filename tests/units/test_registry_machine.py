"""A registry, its overrides and what runs from it, in any order and from any thread, beside a model.

The model is a list of dictionaries searched from the top, and a list of what lives.  Nothing in it
knows of linking, plans or views.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from signatures import Signature
from units import Registry, RegistryError, exports, running, tag, unit

T = TypeVar("T")


class IBase(Signature):
    """Needs nothing."""

    def tell(self) -> str: ...


class IMiddle(Signature):
    """Needs a base."""

    def tell(self) -> str: ...


class ITop(Signature):
    """Needs a middle, and the base called *other*, if there is one."""

    def tell(self) -> str: ...


SIGNATURES: list[Any] = [IBase, IMiddle, ITop]
NAMES = ["", "other"]
NEEDS: dict[Any, list[tuple[Any, str]]] = {
    IBase: [],
    IMiddle: [(IBase, "")],
    ITop: [(IMiddle, ""), (IBase, "other")],
}


def make(signature: Any, title: str, events: list[str]) -> Any:
    """Return a unit called *title* that answers for *signature* and notes when it begins and ends."""

    def living(text: str) -> Iterator[Any]:
        events.append(f"{title} begins")
        yield exports(tell=lambda: text)
        events.append(f"{title} ends")

    @unit(name=title)
    def base() -> Iterator[IBase]:
        yield from living(title)

    @unit(name=title)
    def middle(below: IBase) -> Iterator[IMiddle]:
        yield from living(f"{title}({below.tell()})")

    @unit(name=title)
    def top(below: IMiddle, also: Annotated[IBase, tag("other")]) -> Iterator[ITop]:
        yield from living(f"{title}({below.tell()} {also.tell()})")

    return {IBase: base, IMiddle: middle, ITop: top}[signature]


@dataclass
class Model:
    """Which title answers for a signature and a name: layers, and a base model beneath them."""

    base: Model | None = None
    layers: list[dict[tuple[Any, str], str]] = field(default_factory=lambda: [{}])

    def find(self, signature: Any, name: str) -> str | None:
        for layer in reversed(self.layers):
            found: str | None = layer.get((signature, name))
            if found is not None:
                return found
        return self.base.find(signature, name) if self.base else None

    def supplier(self, signature: Any, name: str) -> str | None:
        return (self.find(signature, name) if name else None) or self.find(signature, "")

    def tell(self, signature: Any, name: str) -> str | None:
        """Return what the component says, nothing if it cannot be made."""
        title = self.find(signature, name)
        return None if title is None else self._told(signature, title)

    def _told(self, signature: Any, title: str) -> str | None:
        below: list[str] = []
        for needed in NEEDS[signature]:
            found = self.supplier(*needed)
            told = None if found is None else self._told(needed[0], found)
            if told is None:
                return None
            below.append(told)
        return f"{title}({' '.join(below)})" if below else title


class RegistryMachine(RuleBasedStateMachine):
    """Register, override, run and end, in any order, in any of three threads."""

    def __init__(self) -> None:
        super().__init__()
        self.threads = [ThreadPoolExecutor(1) for _ in range(3)]
        base = Registry()
        self.registries = [base, Registry(base)]
        beneath = Model()
        self.models = [beneath, Model(beneath)]
        self.count = 0
        self.events: list[str] = []
        self.overrides: list[tuple[Model, dict[Any, str], AbstractContextManager[Any]]] = []
        #: What runs: its block, its component, and what that must go on saying.
        self.blocks: list[tuple[AbstractContextManager[Any], Any, str]] = []

    def teardown(self) -> None:
        for thread in self.threads:
            thread.shutdown()

    def somewhere(self, thread: int, work: Callable[[], T]) -> T:
        return self.threads[thread].submit(work).result()

    def new(self, signature: Any) -> tuple[str, Any]:
        self.count += 1
        title = f"u{self.count}"
        return title, make(signature, title, self.events)

    signatures = st.sampled_from(SIGNATURES)
    names = st.sampled_from(NAMES)
    which = st.integers(0, 1)
    thread = st.integers(0, 2)

    @rule(which=which, signature=signatures, name=names, thread=thread)
    def register(self, which: int, signature: Any, name: str, thread: int) -> None:
        registry, model = self.registries[which], self.models[which]
        title, made = self.new(signature)

        def work() -> None:
            if (signature, name) in model.layers[0]:
                with pytest.raises(RegistryError, match="registered there already"):
                    registry.register(made, name=name)
            else:
                registry.register(made, name=name)
                model.layers[0][signature, name] = title

        self.somewhere(thread, work)

    @rule(which=which, signature=signatures, name=names, thread=thread)
    def override(self, which: int, signature: Any, name: str, thread: int) -> None:
        registry, model = self.registries[which], self.models[which]
        title, made = self.new(signature)
        layer = registry.override(signature, made, name=name)

        def work() -> None:
            if model.find(signature, name) is None:
                with pytest.raises(RegistryError, match="no unit is registered"):
                    layer.__enter__()
            else:
                layer.__enter__()
                added = {(signature, name): title}
                model.layers.append(added)
                self.overrides.append((model, added, layer))

        self.somewhere(thread, work)

    @precondition(lambda self: self.overrides)
    @rule(data=st.data(), thread=thread)
    def restore(self, data: Any, thread: int) -> None:
        """End any override, not only the newest."""
        index = data.draw(st.integers(0, len(self.overrides) - 1))
        model, added, layer = self.overrides.pop(index)
        self.somewhere(thread, lambda: layer.__exit__(None, None, None))
        model.layers = [kept for kept in model.layers if kept is not added]

    @rule(which=which, signature=signatures, name=names, thread=thread)
    def run(self, which: int, signature: Any, name: str, thread: int) -> None:
        registry, expected = self.registries[which], self.models[which].tell(signature, name)

        def work() -> None:
            if expected is None:
                with pytest.raises(RegistryError):
                    registry.link(signature, name)
                return
            block = running(registry.link(signature, name))
            component = block.__enter__()
            self.blocks.append((block, component, expected))

        self.somewhere(thread, work)

    @precondition(lambda self: self.blocks)
    @rule(data=st.data(), thread=thread)
    def end(self, data: Any, thread: int) -> None:
        """End any block; all its bodies end, the newest first."""
        index = data.draw(st.integers(0, len(self.blocks) - 1))
        block, _, told = self.blocks.pop(index)
        self.events.clear()
        self.somewhere(thread, lambda: block.__exit__(None, None, None))
        outermost = told.split("(")[0]
        assert self.events[0] == f"{outermost} ends"
        titles = {word.strip("()") for word in told.replace("(", " ").split()}
        assert sorted(self.events) == sorted(f"{title} ends" for title in titles)

    @rule(which=which, signature=signatures, thread=thread)
    def all(self, which: int, signature: Any, thread: int) -> None:
        registry, model = self.registries[which], self.models[which]
        names = [n for n in NAMES if model.find(signature, n) is not None]
        assert self.somewhere(thread, lambda: registry.names(signature)) == tuple(names)

    @rule(which=which, thread=thread)
    def check(self, which: int, thread: int) -> None:
        """It complains exactly if something registered in that registry cannot be made."""
        registry, model = self.registries[which], self.models[which]
        broken = [key for key, title in model.layers[0].items() if not model._told(key[0], title)]

        def work() -> None:
            if broken:
                with pytest.raises(RegistryError):
                    registry.check()
            else:
                registry.check()

        self.somewhere(thread, work)

    @invariant()
    def what_was_obtained_keeps_working_unchanged(self) -> None:
        for _, component, told in self.blocks:
            assert component.tell() == told


TestRegistryMachine = RegistryMachine.TestCase
TestRegistryMachine.settings = settings(max_examples=60, stateful_step_count=40)
