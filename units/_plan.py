"""From a tree of units to a flat list of steps, made once and invoked as often as you like.

A compound keeps its direct wiring only.  Its first invocation walks the tree, iteratively, and
gives every component an integer slot; what remains is a list of steps ``call these slots, put the
result in that slot``, in the order in which bodies run.  A plan is immutable, so threads share it.

Only a component that somebody may ask for before its own step (a cycle, or a link to a later unit)
is made early: the object of a class unit, or a pending view of what a function will define.
"""

from __future__ import annotations

from _thread import allocate_lock  # light: `threading` is not loaded for a lock
from collections.abc import Callable, Sequence
from typing import Any, cast

from signatures._calls import told_by
from signatures._zope import InterfaceClass
from units._contracted import Guards
from units._importing import computes, importing
from units._unit import BodyUnit, ClassUnit, Unit
from units._views import Waiting, can_exist_early, unborn_of, view_of

#: What runs a group of steps of one form over the slots.
Runner = Callable[[list[Any], Sequence[Any]], None]
_making = allocate_lock()
#: After so many runs a plan is written out as straight-line code.
OFTEN = 100


class Plan:
    """The steps of one unit, ready to run.

    *count* slots come after the imports; *early* makes what must exist first; *blocks* are runs of
    consecutive steps of one form, each with the function that runs that form; *exports* are the
    slots of the components, *result* is the slot of the last body's result, if it is kept;
    *outside* tells which components whoever invokes the unit sees through a view.
    """

    __slots__ = (
        "blocks",
        "count",
        "early",
        "exports",
        "hot",
        "inputs",
        "kinds",
        "makers",
        "outside",
        "refused",
        "result",
        "runs",
        "single",
    )

    def __init__(self, unit: Unit[..., Any], *, with_result: bool) -> None:
        nodes, self.count = _flatten(unit)
        self.runs = 0
        #: Straight-line code, once the plan was run often.
        self.hot: Callable[..., Any] | None = None
        self.inputs = len(unit.imports)
        self.single = unit.single
        self.exports = tuple(nodes[0].outs[: len(unit.exports)])
        steps = [node for node in nodes if node.unit.parts is None]
        self.refused = tuple(step.unit for step in steps if step.unit.kind != "plain")
        self.kinds = frozenset(step.unit.kind for step in steps)
        self.result = self._another_slot() if with_result else -1
        self.early: list[tuple[Callable[..., Any], Any, tuple[int, ...]]] = []
        self.blocks: list[tuple[Runner, list[Any]]] = []
        early = {
            slot for step in steps for slot in step.ins if slot is not None and slot >= step.outs[0]
        }
        #: Who makes what is in a slot, for blame.
        self.makers = {slot: step.unit.name for step in steps for slot in step.outs}
        self.makers |= dict.fromkeys(range(self.inputs), f"that supplies {unit.name}")
        last, contracts = _last(nodes[0]), _result_contracts(nodes)
        for step in steps:
            result = self.result if step is last else -1
            guards = contracts.pop(step, ())
            if guards and result < 0:
                result = self._another_slot()
            self._add(step, early.intersection(step.outs), result)
            for contract, parties in guards:
                self._append(_passed, (contract.wrap, parties, result))
        for contract, parties in contracts.get(None, ()):  # of compounds that end with no body
            self._append(_passed, (contract.wrap, parties, self._another_slot()))
        self.outside = tuple(
            (number, importing(export.signature), f"unit {self.makers[self.exports[number]]}")
            for number, export in enumerate(unit.exports)
            if computes(export.signature)
        )

    def _another_slot(self) -> int:
        self.count += 1
        return self.inputs + self.count - 1

    def _computed(self, signature: InterfaceClass, slot: int, importer: Any) -> int:
        """Return the slot of the component in *slot* as *importer* sees it."""
        if not computes(signature):
            return slot
        own = self._another_slot()
        seen = importing(signature).between(f"unit {self.makers[slot]}", f"unit {importer.name}")
        make = seen.relayed if importer.relays else seen.make
        self._append(_seen_by_importer, (make, slot, own))
        return own

    def _add(self, step: _Node, early: set[int], result: int) -> None:
        """Append the step of one unit with a body, in the cheapest form that fits."""
        unit: Any = step.unit
        step.ins = [
            slot if slot is None else self._computed(wanted.signature, slot, unit)
            for wanted, slot in zip(unit.imports, step.ins, strict=True)
        ]
        slots, keywords = _arguments(step)
        is_class = isinstance(step.unit, ClassUnit)
        if unit.kind != "plain":
            waiting = self._expect(step) if early else -1
            self._append(begun, (unit, slots, keywords, tuple(step.outs), result, waiting))
            self._check(step)
            return
        # Before its body ended, a class must not read what its signature computes afterwards (S10).
        if is_class and (early or unit.computed_after) and can_exist_early(unit.body):
            unborn = unborn_of(unit, unit.body)
            self.early.append((unborn.make, (), (step.outs[0],)))
            self._append(_initialize, (unborn, slots, keywords, step.outs[0]))
        elif early:
            waiting = self._expect(step)
            self._append(_packed, (unit, slots, keywords, tuple(step.outs), result, waiting))
            self._check(step)
            return
        elif not is_class and (result >= 0 or len(unit.exports) > 1):
            self._append(_packed, (unit, slots, keywords, tuple(step.outs), result, -1))
            self._check(step)
            return
        else:
            call = unit.body if is_class or not unit.exports else unit.component
            if keywords or len(slots) >= len(_BY_ARITY):
                self._append(_called, (call, slots, keywords, step.outs[0]))
            else:
                self._append(_BY_ARITY[len(slots)], (call, *slots, step.outs[0]))
        self._check(step)
        if unit.computed_after:
            self._append(_computed_after, (step.outs[0], unit.computed_after))
        if result >= 0 and not unit.goes_on:
            form = _resulted if unit.exports else _moved
            self._append(form, (step.outs[0], result))

    def _expect(self, step: _Node) -> int:
        """Have pending views of what *step* exports made first; return the slot of its `Waiting`."""
        waiting = self._another_slot()
        self.early.append((_wait, (step.unit,), (waiting, *step.outs)))
        return waiting

    def _check(self, step: _Node) -> None:
        """Have the contracted exports of *step* checked when its body has run (rule K2)."""
        if getattr(step.unit, "relays", False):
            return
        for export, slot in zip(step.unit.exports, step.outs, strict=False):
            if computes(export.signature):
                name = f"unit {step.unit.name}"
                guards = Guards(export.signature, name, name)
                if guards.contracts:
                    self._append(_checked, (guards.check, slot))

    def _append(self, form: Runner, entry: tuple[Any, ...]) -> None:
        if not self.blocks or self.blocks[-1][0] is not form:
            self.blocks.append((form, []))
        self.blocks[-1][1].append(entry)

    def invoke(self, components: Sequence[Any]) -> Any:
        """Run every body once; return the components, or the result where there are none."""
        self.count_run()
        return self.handed_out(self.run(components))

    def count_run(self) -> None:
        """Count one more run; write the steps out as straight-line code once there were many."""
        self.runs += 1
        if self.runs == OFTEN and not self.early:
            from units._hot import straightened  # only what runs often needs it

            blocks = [(form.__name__, steps) for form, steps in self.blocks]
            lives = bool(self.refused)
            self.hot = straightened(
                self.inputs, blocks, self.exports, self.result, self.single, lives=lives
            )

    def handed_out(self, slots: list[Any]) -> Any:
        """Return the components among *slots*, or the result where there are none."""
        if not self.exports:
            return slots[self.result]
        made = tuple([slots[slot] for slot in self.exports])
        return made[0] if self.single else made

    def seen_outside(self, made: Any, user: str) -> Any:
        """Return the components *made* as *user*, who invoked the unit, sees them."""
        parts = [made] if self.single else list(made)
        for number, how, maker in self.outside:
            parts[number] = how.between(maker, user).make(parts[number])
        return parts[0] if self.single else tuple(parts)

    def run(self, components: Sequence[Any]) -> list[Any]:
        """Run every body once over *components*, the imports in order; return all slots."""
        slots = self.slots(components)
        for form, steps in self.blocks:
            form(slots, steps)
        return slots

    def slots(self, components: Sequence[Any]) -> list[Any]:
        """Return the slots as they are before any body runs: imports, and what exists early."""
        slots = [*components, *[None] * self.count]
        for make, arguments, outs in self.early:
            for slot, made in zip(outs, make(*arguments), strict=True):
                slots[slot] = made
        return slots


def plan_of(unit: Unit[..., Any], *, with_result: bool = False) -> Plan:
    """Return the plan of *unit*, made on first use and kept with it.

    A unit without exports has a result always; of others it is kept only *with_result*.
    """
    key = "_plan_with_result" if with_result else "_plan"
    plan: Plan | None = unit.__dict__.get(key)
    if plan is None:
        with _making:
            plan = unit.__dict__.get(key)
            if plan is None:
                plan = Plan(unit, with_result=with_result or not unit.exports)
                unit.__dict__[key] = plan
    return plan


# -- the forms of steps, each a loop over consecutive steps of that form


def _called_with_0(slots: list[Any], steps: Sequence[Any]) -> None:
    for call, out in steps:
        slots[out] = call()


def _called_with_1(slots: list[Any], steps: Sequence[Any]) -> None:
    for call, a, out in steps:
        slots[out] = call(slots[a])


def _called_with_2(slots: list[Any], steps: Sequence[Any]) -> None:
    for call, a, b, out in steps:
        slots[out] = call(slots[a], slots[b])


def _called_with_3(slots: list[Any], steps: Sequence[Any]) -> None:
    for call, a, b, c, out in steps:
        slots[out] = call(slots[a], slots[b], slots[c])


_BY_ARITY: tuple[Runner, ...] = (_called_with_0, _called_with_1, _called_with_2, _called_with_3)


def _called(slots: list[Any], steps: Sequence[Any]) -> None:
    for call, positional, keywords, out in steps:
        named = {name: slots[slot] for name, slot in keywords}
        slots[out] = call(*[slots[slot] for slot in positional], **named)


def _initialize(slots: list[Any], steps: Sequence[Any]) -> None:
    for unborn, positional, keywords, out in steps:
        named = {name: slots[slot] for name, slot in keywords}
        unborn.initialize(slots[out], [slots[slot] for slot in positional], named)


def _seen_by_importer(slots: list[Any], steps: Sequence[Any]) -> None:
    for make, component, out in steps:
        slots[out] = make(slots[component])


def _passed(slots: list[Any], steps: Sequence[Any]) -> None:
    for wrap, parties, result in steps:
        slots[result] = wrap(slots[result], parties)


def _checked(slots: list[Any], steps: Sequence[Any]) -> None:
    for check, component in steps:
        check(slots[component])


def _computed_after(slots: list[Any], steps: Sequence[Any]) -> None:
    for component, names in steps:
        for name in names:
            getattr(slots[component], name)


def _resulted(slots: list[Any], steps: Sequence[Any]) -> None:
    for component, result in steps:
        slots[result] = getattr(slots[component], "__result__", None)


def _moved(slots: list[Any], steps: Sequence[Any]) -> None:
    for value, result in steps:
        slots[result] = slots[value]


def _packed(slots: list[Any], steps: Sequence[Any]) -> None:
    for step in steps:
        unit, positional, keywords, _, _, waiting = step
        arguments = [slots[slot] for slot in positional]
        named = {name: slots[slot] for name, slot in keywords}
        if waiting < 0:
            put(slots, step, unit.body(*arguments, **named))
        else:
            put(slots, step, slots[waiting].run(unit.body, arguments, named))


def begun(slots: list[Any], steps: Sequence[Any]) -> None:
    """Be the form of bodies that clean up or wait: `units._lifetimes` runs them, not this loop."""
    raise AssertionError("a body that cleans up or waits was to be run plainly")


def put(slots: list[Any], step: Any, value: Any) -> None:
    """Make components of the *value* that the body of *step* handed over, and keep them."""
    unit, _, _, outs, result, waiting = step
    if waiting < 0:
        components, found = unit.pack(value)
    else:
        components, found = unit.pack(value, tuple(slots[slot] for slot in outs))
        slots[waiting].done()
    for slot, component in zip(outs, components, strict=False):
        slots[slot] = component
    if result >= 0:
        slots[result] = found


def _wait(unit: Any) -> tuple[Any, ...]:
    """Make what the readers of *unit*'s exports get before its body has run."""
    waiting = Waiting(unit, unit.code)
    return (waiting, *(view_of(export.signature).wait(waiting, export) for export in unit.exports))


# -- from the tree to slots


class _Node:
    """One place in the tree of linked units: a unit, where its imports and exports live."""

    __slots__ = ("children", "ins", "outs", "unit")

    def __init__(self, unit: Unit[..., Any]) -> None:
        self.unit = unit
        self.children: list[_Node] = []
        self.ins: list[int | None] = []
        self.outs: list[int] = []

    def place(self, first: int) -> int:
        """Give the components slots from *first* on; return the first one after them.

        The object of a class unit is all its components; a unit without exports has a slot, too,
        so that steps are ordered by their slots.
        """
        count = len(self.unit.exports)
        if isinstance(self.unit, ClassUnit):
            self.outs = [first] * max(count, 1)
            return first + 1
        self.outs = list(range(first, first + max(count, 1)))
        return first + max(count, 1)


def _last(root: _Node) -> _Node | None:
    """Return the place whose body gives the result: none in a compound that ends with an empty one."""
    node = root
    while node.unit.parts is not None:
        if not node.children:
            return None
        node = node.children[-1]
    return node


def _result_contracts(nodes: Sequence[_Node]) -> dict[_Node | None, list[tuple[Any, Any]]]:
    """Return which contracts the result of each body passes, from the inside out (rule K9).

    *nodes* are the places of a tree, outer ones first.
    """
    found: dict[_Node | None, list[tuple[Any, Any]]] = {}
    for node in reversed(nodes):
        contract = node.unit.result_contract
        if contract is not None:
            found.setdefault(_last(node), []).append(contract)
    return found


def _flatten(root: Unit[..., Any]) -> tuple[list[_Node], int]:
    """Return every unit in the tree of *root*, each before what is inside it, with its slots.

    Also how many slots there are beyond those of the imports of *root*.
    """
    nodes: list[_Node] = []
    todo = [_Node(root)]
    slot = len(root.imports)
    while todo:  # who is there, in the order in which bodies run
        node = todo.pop()
        nodes.append(node)
        if node.unit.parts is None:
            slot = node.place(slot)
        else:
            node.children = [_Node(part) for part in node.unit.parts]
            todo.extend(reversed(node.children))
    for node in reversed(nodes):  # exports, from the inside out
        if node.unit.parts is not None:
            node.outs = [node.children[part].outs[number] for part, number in node.unit.sources]
    nodes[0].ins = list(range(len(root.imports)))
    for node in nodes:  # imports, from the outside in
        for child, sources in zip(node.children, node.unit.wiring, strict=True):
            child.ins = [_slot(node, source) for source in sources]
    return nodes, slot - len(root.imports)


def _slot(node: _Node, source: tuple[int, int] | None) -> int | None:
    if source is None:
        return None
    part, number = source
    return node.ins[number] if part < 0 else node.children[part].outs[number]


def _arguments(step: _Node) -> tuple[tuple[int, ...], tuple[tuple[str, int], ...]]:
    """Return the slots passed by position and by name to a body.

    From the first parameter that is left out (a setting, an import nobody supplies) on, arguments
    go by name.
    """
    unit = cast("BodyUnit[..., Any]", step.unit)
    takes = told_by(unit.signature) if unit.takes is None else unit.takes
    only_imports = len(takes) == len(step.ins) and None not in step.ins
    if only_imports and not (takes and takes[-1].by_keyword):  # as nearly always
        return tuple(cast("list[int]", step.ins)), ()
    slots = {w.parameter: slot for w, slot in zip(unit.imports, step.ins, strict=True)}
    positional: list[int] = []
    keywords: list[tuple[str, int]] = []
    gap = False
    for parameter in takes:
        slot = slots.get(parameter.name)
        if slot is None:
            gap = True
        elif gap or parameter.by_keyword:
            keywords.append((parameter.name, slot))
        else:
            positional.append(slot)
    return tuple(positional), tuple(keywords)
