"""Making the node of one call: which class it has, what it saves, where its edges lead.

All that depends on the kind of call only is worked out once, in a `Plan`.  apply.py calls `record`.
"""

from __future__ import annotations

from typing import Any

from engine import dtypes, errors, halves
from engine.grad_mode import state
from engine.node import NUMBERS_SAVED, Node, clock, node_class
from engine.operands import Kind
from engine.registry import Op
from engine.tensor import Tensor


def record(
    op: Op,
    kind: Kind,
    values: list[Any],
    inputs: list[Tensor],
    out: Any,
    data: Any,
    edges: tuple[Any, ...] | None = None,
) -> Node | None:
    """Make the node of one call, where an input asks for gradients, and hang the output on it."""
    requires = [t._req for t in inputs]
    if True not in requires:
        return None
    several = data.__class__ is tuple
    key = (several, *requires) if not kind.lists else (several, *_in_lists(kind, requires))
    plan = kind.plans.get(key)
    if plan is None:
        plan = kind.plans[key] = Plan(op, kind, requires, several)
    if plan.nothing or (not several and data.dtype.kind not in "fcV"):
        return None
    if state.inference_seen and any(t._inference and kept for t, kept in zip(inputs, plan.kept, strict=False)):
        raise RuntimeError(errors.INFERENCE_SAVED)
    fn: Node = plan.make(plan.cls or plan.named(values), kind, values, inputs, out, data, edges)
    if dtypes.half_seen:
        halves.mark(fn, inputs)
    return fn


def _in_lists(kind: Kind, requires: list[bool]) -> list[int]:
    """The parameters that gradients are wanted for, however many tensors each of them holds."""
    return sorted({i for i, wanted in zip(kind.layout, requires, strict=True) if wanted})


class Plan:
    """What making a node takes, for one kind of call: an operator, its tensors' places, which of them want gradients.

    `cls`: the node's class, None where its name depends on the call (those seen are in `classes`).  `wanted`: for
    which inputs there is a gradient.  `kept`: which inputs the rules of these read.  `make`: makes the node.  A call
    with lists of tensors has any number of inputs: `make` then looks at the parameters they are given for.
    """

    def __init__(self, op: Op, kind: Kind, requires: list[bool], several: bool) -> None:
        self.op, self.kind, self.several = op, kind, several
        places = [op.parameters[i] for i in kind.layout]
        self.wanted = [r and p in op.rules for r, p in zip(requires, places, strict=True)]
        self.nothing = not any(self.wanted)
        names: set[str] = set().union(*[op.saves[p] for p, want in zip(places, self.wanted, strict=True) if want])
        self.kept = [] if kind.lists else [p in names for p in places]
        self.classes: dict[str, type[Node]] = {}
        self.cls = self.named_class(op.backward) if isinstance(op.backward, str) else None
        known = {"new": object.__new__, "clock": clock, "first_use": first_use, "metadata": metadata, "arrays": arrays}
        known |= {"edges_of": edges_of, "op": op, "kept": self.kept, "read": names}
        exec(compile("\n".join(self.source(names)), f"<node of {op.name}>", "exec"), known)
        self.make: Any = known["make"]

    def named_class(self, name: str) -> type[Node]:
        """The node's class under a backward name."""
        return node_class(self.op, name, self.kind.layout, self.kind.lists, self.several)

    def named(self, values: list[Any]) -> type[Node]:
        """The node's class where its name depends on the call."""
        assert not isinstance(self.op.backward, str)
        name = self.op.backward(dict(zip(self.op.parameters, values, strict=True)))
        cls = self.classes.get(name)
        if cls is None:
            cls = self.classes[name] = self.named_class(name)
        return cls

    def source(self, names: set[str]) -> list[str]:
        """The lines of `make`, which saves values under these names: only what this kind of call needs."""
        lines = ["def make(cls, kind, values, inputs, out, data, edges):"]
        lines += ["fn = new(cls)", "fn._seq = seq = next(clock)"]
        if self.kind.lists:
            lines += ["fn._params = params = tuple([op.parameters[i] for i in kind.layout])"]
            lines += ["fn._edges = edges_of(op, params, inputs, seq) if edges is None else edges"]
        else:
            lines += ["if edges is None:"]
            for i, want in enumerate(self.wanted):
                if want:
                    lines += [f" t{i} = inputs[{i}]", f" e{i} = t{i}._fn"]
                    lines += [f" if e{i} is None:", f"  e{i} = first_use(t{i}, seq)"]
            listed = "".join([f"e{i}, " if want else "None, " for i, want in enumerate(self.wanted)])
            lines += [f" edges = ({listed})", "fn._edges = edges"]
        if self.several:
            lines += ["fn._outputs = tuple([(d.shape, d.dtype) for d in data])"]
        else:
            lines += ["fn._shape = data.shape", "fn._dtype = data.dtype"]
            lines += ["if out is not None:", " out._fn = fn", " out._req = True"]
        lines += [f"fn.{name} = {self.saved(name)}" for name in sorted(names)]
        if self.kind.lists:
            lines += ["fn._tensors = tuple([t if p in read else None for t, p in zip(inputs, params)])"]
        elif all(self.kept):
            lines += ["fn._tensors = tuple(inputs)"]
        elif any(self.kept) or "result" in names or (self.op.name in NUMBERS_SAVED and "other" in names):
            lines += ["fn._tensors = tuple([t if k else None for t, k in zip(inputs, kept)])"]
        return [lines[0], *(" " + line for line in [*lines[1:], "return fn"])]

    def saved(self, name: str) -> str:
        """Where a saved value comes from: the result, a tensor's array, another argument, a shape or type."""
        if name == "result":
            return "data"
        at = self.op.index.get(name)
        single = not self.kind.lists
        if at is not None:
            if at not in self.kind.layout:
                return f"values[{at}]"
            return f"values[{at}]._data" if single else f"arrays(values[{at}])"
        stem, _, what = name.rpartition("_")
        at = self.op.index[stem]
        return (
            f"values[{at}]._data.{what}" if single and at in self.kind.layout else f"metadata(values[{at}], '{what}')"
        )


def first_use(leaf: Tensor, seq: int) -> Tensor:
    """A leaf as an edge; notes the first node that used it."""
    if leaf._first is None:
        leaf._first = seq
    return leaf


def edges_of(op: Op, params: tuple[str, ...], inputs: list[Tensor], seq: int) -> tuple[Any, ...]:
    """Where the gradients of many inputs go."""
    pairs = zip(inputs, params, strict=True)
    return tuple([(t._fn or first_use(t, seq)) if t._req and p in op.rules else None for t, p in pairs])


def arrays(value: Any) -> Any:
    """A tensor's array, or the list of arrays of a list that holds tensors."""
    return value._data if isinstance(value, Tensor) else [x._data if isinstance(x, Tensor) else x for x in value]


def metadata(value: Any, what: str) -> Any:
    """The "shape" or "dtype" of a value, or of each in a list; () and None for what has none."""
    if isinstance(value, list | tuple):
        return [metadata(v, what) for v in value]
    return getattr(value._data if isinstance(value, Tensor) else value, what, () if what == "shape" else None)
