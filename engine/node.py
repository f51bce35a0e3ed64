"""The nodes of the recorded graph: one per operation that takes part in differentiation.

Owns `Node` (what `grad_fn` is), `Slot` (one output of a node with several), and the classes made for each operator.
An edge of a node is the `Node` that made the input, the leaf Tensor itself, or None where no gradient is wanted.
What a sweep does with nodes is backward.py's.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from engine import halves

if TYPE_CHECKING:
    from engine.registry import Op, Rule
    from engine.tensor import Tensor

clock = itertools.count(1)
"""Time: nodes and in-place writes take their numbers from here, so that a saved value's age can be told."""

hooks_in_use = False
"""Set once anything was hooked; until then a sweep need not look."""

NUMBERS_AS_TENSORS = ("add", "sub", "mul", "div", "true_divide", "where")
"""Operators that torch records as if a number operand were a tensor too."""

NUMBERS_SAVED = ("mul", "div", "true_divide")
"""Operators that torch records as saving a number operand, so that a second sweep through them is an error."""

FREED: tuple[Any, ...] = ("freed",)


class Node:
    """One recorded operation.

    Saved values lie beside the attributes below under their parameters' names, as raw arrays; `_tensors` keeps the
    Tensors they came from (aligned with `_params`), for checks and for differentiating the derivative.
    """

    op: Op | None = None
    _params: tuple[str, ...] = ()
    _light = False
    _half = False  # computes with numbers of two bytes: see halves.py
    _lists = False
    _rules: tuple[Rule | None, ...] | None = ()
    _saved_names: tuple[str, ...] = ()
    _seq: int
    _edges: tuple[Any, ...] = ()
    _shape: Any = ()
    _dtype: Any = None
    _tensors: tuple[Any, ...] | None = None
    _counter: Any = None
    _outputs: tuple[tuple[Any, Any], ...] | None = None
    _materialize = True
    _hooks: Any = None
    _retained: Any = None
    _metadata: dict[str, Any] | None = None
    _shared: Any = None
    _note: Any = None  # an observer's
    _g: Any = None

    def name(self) -> str:
        """The name of the backward function, such as "MulBackward0"."""
        return type(self).__name__

    @property
    def metadata(self) -> dict[str, Any]:
        """A place for the program's own notes."""
        if self._metadata is None:
            self._metadata = {}
        return self._metadata

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        """The nodes this one hands gradients to, with the number of their output."""
        op = self.op
        result = []
        for i, edge in enumerate(self._edges):
            if op is None or not op.rules or self._params[i] in op.rules:
                result.append(_as_function(edge))
        if op is not None and op.name in NUMBERS_AS_TENSORS and len(self._edges) == 1:
            result.append((None, 0))
        return tuple(result)

    def vjp(self, F: Any, g: Any, s: Any) -> Sequence[Any]:
        """The vector–Jacobian products for every edge, None where there is none."""
        if self._half:
            from engine import saved, sweep

            if F is sweep.ARRAYS:
                found: Sequence[Any] = halves.products(self, F, sweep.TENSORS, g, s, saved.SavedTensors)
                return found
        return self.products(F, g, s)

    def products(self, F: Any, g: Any, s: Any) -> Sequence[Any]:
        """What the rules of the operator's row say, by way of F's operators."""
        op = self.op
        if op is not None and not self._lists:
            rules = [op.rules.get(p) for p in self._params]
            return [
                rule(F, g, s) if rule is not None and edge is not None else None
                for rule, edge in zip(rules, self._edges, strict=True)
            ]
        gradients: dict[str, Any] = {}
        places: dict[str, int] = {}
        results: list[Any] = []
        for i, param in enumerate(self._params):
            at = places[param] = places.get(param, -1) + 1
            rule = self.op.rules.get(param) if self.op is not None else None
            if self._edges[i] is None or rule is None:
                results.append(None)
                continue
            if param not in gradients:
                gradients[param] = rule(F, g, s)
            value = gradients[param]
            results.append(value[at] if isinstance(value, list | tuple) else value)
        return results

    def once(self, make: Callable[[], Any]) -> Any:
        """What several rules of this node need: `make()`, worked out by the first of them."""
        if self._shared is None:
            self._shared = make()
        return self._shared

    def release(self) -> None:
        """Drop the saved values; a second sweep through here is an error."""
        self._shared = None
        if self._tensors is not None and self._tensors is not FREED:
            self._tensors = FREED
            if self._shape == () and self._light:
                return
            for name in self._saved_names:
                setattr(self, name, None)

    def register_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(grad_inputs, grad_outputs)` after this node ran; it may return other grad_inputs."""
        return self._add_hook("post", hook)

    def register_prehook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(grad_outputs)` before this node runs; it may return other grad_outputs."""
        return self._add_hook("pre", hook)

    def _add_hook(self, kind: str, hook: Callable[..., Any]) -> Handle:
        use_hooks()
        if self._hooks is None:
            self._hooks = {}
        return Handle(self._hooks.setdefault(kind, {}), hook)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_saved_"):
            return saved_attribute(self, name.removeprefix("_saved_"))
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"


def saved_attribute(node: Node, name: str) -> Any:
    """A value the node saved, by the name torch gives it (`_saved_self`, `_saved_result`, `_saved_dim`)."""
    from engine.saved import SavedTensors

    name = {"self": "input"}.get(name, name)
    known = name in node._saved_names or (node.op is not None and name in node.op.parameters and hasattr(node, name))
    if not known:
        raise AttributeError(f"'{type(node).__name__}' object has no attribute '_saved_{name}'")
    return getattr(SavedTensors(node), name)


class Slot(Node):
    """One output of a node that has several: its gradient becomes one entry of that node's upstream gradients."""

    _rules = None

    def __init__(self, node: Node, number: int) -> None:
        assert node._outputs is not None
        self._seq = next(clock)
        self._node = node
        self._number = number
        self._edges = (node,)
        self._shape, self._dtype = node._outputs[number]


class AccumulateGrad:
    """What `next_functions` shows for a leaf: the place where its gradient is added up."""

    def __init__(self, variable: Tensor) -> None:
        self.variable = variable
        self.next_functions: tuple[Any, ...] = ()

    def name(self) -> str:
        """torch's name for it."""
        return "torch::autograd::AccumulateGrad"

    def register_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook` after the gradient was accumulated."""
        return self.variable.register_post_accumulate_grad_hook(lambda t: hook((), (t.grad,)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AccumulateGrad) and other.variable is self.variable

    def __hash__(self) -> int:
        return hash(id(self.variable))

    def __repr__(self) -> str:
        return f"<AccumulateGrad object at {id(self.variable):#x}>"


class Handle:
    """Removes a hook again."""

    def __init__(self, hooks: dict[int, Callable[..., Any]], hook: Callable[..., Any], first: bool = False) -> None:
        self.id = next(clock)
        self._hooks = hooks
        later = dict(hooks) if first else {}
        for number in later:
            del hooks[number]
        hooks[self.id] = hook
        hooks.update(later)

    def remove(self) -> None:
        """Take the hook away."""
        self._hooks.pop(self.id, None)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def use_hooks() -> None:
    """Note that hooks exist."""
    global hooks_in_use
    hooks_in_use = True


def _as_function(edge: Any) -> tuple[Any, int]:
    if edge is None:
        return None, 0
    if isinstance(edge, Slot):
        return edge._node, edge._number
    return (edge, 0) if isinstance(edge, Node) else (AccumulateGrad(edge), 0)


_classes: dict[tuple[Any, ...], type[Node]] = {}


def node_class(op: Op, name: str, layout: tuple[int, ...], lists: bool = False, several: bool = False) -> type[Node]:
    """The Node class of `op` under the backward name `name`, for tensors at these parameter positions.

    With `lists` (a parameter that is a list of tensors) one class serves every length and the instances carry
    `_params` themselves.
    """
    key = (op.name, name, None if lists else layout, several)
    cls = _classes.get(key)
    if cls is None:
        names = tuple(op.parameters[i] for i in layout)
        body: dict[str, Any] = {p: d for p, d in zip(op.parameters, op.defaults, strict=True) if d is None or _plain(d)}
        body |= {"op": op, "_params": names, "__module__": "builtins"}
        body["_rules"] = None if lists or several else tuple(op.rules.get(n) for n in names)
        body["_lists"] = lists
        body["_light"] = len(op.promote) == 2
        saved = sorted(set().union(*op.saves.values()))
        body["_saved_names"] = tuple([n for n in saved if n in op.index or n == "result"])
        cls = _classes[key] = type(name, (Node,), body)
        know_attributes(cls, (*ATTRIBUTES, *saved))
    return cls


ATTRIBUTES = ("_seq", "_edges", "_shape", "_dtype", "_tensors", "_g", "_note")


def know_attributes(cls: type[Any], names: Sequence[str]) -> None:
    """Have Python keep these attributes in the instances themselves, not in a dictionary beside each of them.

    It does so for attributes that early instances had, and no longer for those that only later ones have.
    """
    instance = object.__new__(cls)
    for name in names:
        setattr(instance, name, None)


def _plain(value: Any) -> bool:
    return isinstance(value, bool | int | float | str | tuple)
