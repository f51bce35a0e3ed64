"""Making the node of one call: which class it has, what it saves, where its edges lead.

All that depends on the kind of call only is worked out once, in a `Plan`.  apply.py calls `record`.
"""

from __future__ import annotations

from typing import Any

from engine import errors
from engine.node import NUMBERS_SAVED, Node, clock, node_class
from engine.registry import Op
from engine.tensor import Tensor

Key = tuple[Op, tuple[int, ...], tuple[bool, ...], bool]
"""An operator, the parameters its tensors are given for, which of these require gradients, several results or one."""

RESULT, INPUT, VALUE, SHAPE, DTYPE = range(5)
"""What a node saves: its result, an input's array, another argument, an argument's shape or type."""

_plans: dict[Key, Plan] = {}
_new: Any = object.__new__


def record(
    op: Op,
    values: list[Any],
    inputs: list[Tensor],
    layout: tuple[int, ...],
    lists: bool,
    out: Any,
    data: Any,
    edges: tuple[Any, ...] | None = None,
) -> Node | None:
    """Make the node of one call, where an input asks for gradients, and hang the output on it."""
    for t in inputs:
        if t._req:
            break
    else:
        return None
    several = data.__class__ is tuple
    key = op, layout, tuple([t._req for t in inputs]), several
    plan = _plans.get(key)
    if plan is None:
        plan = _plan(key, lists)
    if plan.nothing or (not several and data.dtype.kind not in "fc"):
        return None
    fn: Any = _new(plan.cls or _named(plan, op, values, layout, lists, several))
    fn._seq = seq = next(clock)
    if edges is None:
        wanted = plan.wanted
        found: list[Any] = []
        for t in inputs:
            edge: Any = None
            if wanted[len(found)]:
                edge = t._fn
                if edge is None:
                    edge = t
                    if t._first is None:
                        t._first = seq
            found.append(edge)
        edges = tuple(found)
    fn._edges = edges
    if lists:
        fn._params = tuple(op.parameters[i] for i in layout)
    if several:
        fn._outputs = tuple((d.shape, d.dtype) for d in data)
    else:
        fn._shape, fn._dtype = data.shape, data.dtype
        if out is not None:
            out._fn, out._req = fn, True
    if plan.saves:
        _save(fn, plan, values, inputs, data)
    made: Node = fn
    return made


class Plan:
    """What making a node takes, for one kind of call: an operator, its tensors' places, which of them want gradients.

    `cls`: the node's class, None where its name depends on the call (those seen are in `classes`).  `wanted`: for
    which inputs there is a gradient.  `saves`: what the rules of these read, as attribute, kind and parameter.
    `kept`: which inputs are read.
    """

    __slots__ = ("classes", "cls", "kept", "nothing", "saves", "wanted")

    def __init__(self, key: Key, lists: bool) -> None:
        op, layout, requires, several = key
        places = [op.parameters[i] for i in layout]
        self.wanted = tuple([r and p in op.rules for r, p in zip(requires, places, strict=True)])
        self.nothing = not any(self.wanted)
        self.classes: dict[str, type[Node]] = {}
        self.cls = node_class(op, op.backward, layout, lists, several) if isinstance(op.backward, str) else None
        names: set[str] = set()
        for parameter, want in zip(places, self.wanted, strict=True):
            if want:
                names |= op.saves[parameter]
        self.saves = tuple([_saved(op, name, layout) for name in names])
        self.kept: tuple[bool, ...] | None = tuple([p in names for p in places])
        number = op.name in NUMBERS_SAVED and "other" in names
        if not any(self.kept) and "result" not in names and not number:
            self.kept = None


def _saved(op: Op, name: str, layout: tuple[int, ...]) -> tuple[str, int, int]:
    """Where a saved value comes from."""
    at = op.index.get(name)
    if name == "result":
        return name, RESULT, 0
    if at is not None:
        return name, INPUT if at in layout else VALUE, at
    stem, _, what = name.rpartition("_")
    return name, SHAPE if what == "shape" else DTYPE, op.index[stem]


def _plan(key: Key, lists: bool) -> Plan:
    """A plan, remembered for the next call of its kind."""
    plan = Plan(key, lists)
    if not lists:
        _plans[key] = plan
    return plan


def _named(plan: Plan, op: Op, values: list[Any], layout: tuple[int, ...], lists: bool, several: bool) -> type[Node]:
    """The class of a node whose name depends on the call."""
    assert not isinstance(op.backward, str)
    name = op.backward({parameter: values[i] for parameter, i in op.index.items()})
    cls = plan.classes.get(name)
    if cls is None:
        cls = plan.classes[name] = node_class(op, name, layout, lists, several)
    return cls


def _save(fn: Any, plan: Plan, values: list[Any], inputs: list[Tensor], data: Any) -> None:
    """Put on the node what the rules of the wanted gradients read."""
    for name, kind, at in plan.saves:
        if kind == RESULT:
            value = data
        elif kind == INPUT:
            value = values[at]
            if isinstance(value, Tensor):
                if value._inference:
                    raise RuntimeError(errors.INFERENCE_SAVED)
                value = value._data
            else:
                value = [x._data if isinstance(x, Tensor) else x for x in value]
        else:
            value = values[at]
            if kind != VALUE:
                value = _metadata(value, kind)
        setattr(fn, name, value)
    kept = plan.kept
    if kept is not None:
        fn._tensors = tuple(inputs) if all(kept) else tuple([t if kept[i] else None for i, t in enumerate(inputs)])


def _metadata(value: Any, what: int) -> Any:
    if isinstance(value, list | tuple):
        return [_metadata(v, what) for v in value]
    data = value._data if isinstance(value, Tensor) else value
    if what == SHAPE:
        return getattr(data, "shape", ())
    return getattr(data, "dtype", None)
