"""Functions of one's own: `torch.autograd.Function` with a forward and a backward.

As in PyTorch the `ctx` that forward and backward share is the node of the graph itself.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from engine import errors, observe, views
from engine.grad_mode import enable_grad, no_grad, state
from engine.node import FREED, Node, Slot, clock
from engine.registry import MISSING, Op
from engine.sweep import TENSORS
from engine.tensor import Tensor, wrap


class FunctionCtx(Node):
    """The node of one call of a Function, and the context its forward and backward share."""

    _rules = None
    _function: type[Function]
    _output_data: tuple[Any, ...] = ()
    _saved: tuple[Any, ...] = ()
    _dirty: tuple[Tensor, ...] = ()
    _non_differentiable: tuple[Tensor, ...] = ()
    _places: tuple[int, ...] = ()
    _argument_count: int = 0
    needs_input_grad: tuple[bool, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors, inputs or outputs, for backward."""
        self._saved = tensors

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Say which inputs forward changed in place."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Say which outputs have no gradient."""
        self._non_differentiable = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether missing gradients reach backward as zeros (as they do) or as None."""
        self._materialize = value

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What `save_for_backward` kept."""
        if self._tensors is FREED:
            raise RuntimeError(errors.FREED)
        return tuple(self._restored(t) if isinstance(t, int) else t for t in self._saved)

    def _restored(self, number: int) -> Tensor:
        """An output that was saved; kept as an array, because the output itself holds this node."""
        t = wrap(self._output_data[number])
        t._req = True
        t._fn = self if self._outputs is None else Slot(self, number)
        return t

    def release(self) -> None:
        """Drop what was saved."""
        if self._tensors is not None:
            self._tensors = FREED
            self._saved = self._output_data = ()

    def __repr__(self) -> str:
        return f"<torch.autograd.function.{type(self).__name__} object at {id(self):#x}>"

    def vjp(self, F: Any, g: Any, s: Any) -> Sequence[Any]:
        """Call the Function's backward on Tensors, whatever the sweep works with."""
        graph = F is TENSORS
        given = tuple(t if graph or t is None else wrap(t) for t in (g if self._outputs is not None else (g,)))
        results = self._function.backward(self, *given)
        if not isinstance(results, tuple):
            results = (results,)
        count = self._argument_count
        if len(results) > count and all(r is None for r in results[count:]):
            results = results[:count]
        if len(results) != count:
            raise RuntimeError(
                f"function {self.name()} returned an incorrect number of gradients (expected {count}, got "
                f"{len(results)})"
            )
        return [self._checked(results[i], number, graph) for number, i in enumerate(self._places)]

    def _checked(self, result: Any, number: int, graph: bool) -> Any:
        edge = self._edges[number]
        if result is None or edge is None:
            return None
        if not isinstance(result, Tensor):
            raise RuntimeError(f"expected Variable or None (got {type(result).__name__})")
        shape = edge._data.shape if edge._seq is None else edge._shape
        have = result._data.shape
        fits = len(have) >= len(shape) and errors.broadcast([have, shape]) is None and _expands(shape, have)
        if not fits:
            raise RuntimeError(
                f"Function {self.name()} returned an invalid gradient at index {number} - got {list(have)} but "
                f"expected shape compatible with {list(shape)}"
            )
        return result if graph else result._data


def _expands(shape: Any, have: Any) -> bool:
    lead = len(have) - len(shape)
    return all(n in (1, m) for n, m in zip(shape, have[lead:], strict=True))


class Function:
    """Base of functions with a derivative of their own: write static `forward(ctx, ...)` and `backward(ctx, ...)`."""

    __module__ = "torch.autograd.function"

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """The function itself; its first argument is the context unless there is a `setup_context`."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Where given, saves what backward needs; `forward` then takes no context."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradients of all arguments of forward, None for those that have none."""
        raise NotImplementedError(
            "You must implement either the backward or vjp method for your custom autograd.Function to use it with "
            "backward mode AD."
        )

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RuntimeError(
            "Legacy autograd function with non-static forward method is deprecated. Please use new-style autograd "
            "function with static forward method. (Example: "
            "https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function)"
        )

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Call the function, recorded as one operation."""
        return _apply(cls, args)


def _apply(cls: type[Function], args: tuple[Any, ...]) -> Any:
    own: Any = cls
    ctx = _node_class(own)()
    ctx._function = cls
    tensors = [a for a in args if isinstance(a, Tensor)]
    ctx._places = tuple(i for i, a in enumerate(args) if isinstance(a, Tensor))
    ctx._argument_count = len(args)
    ctx.needs_input_grad = tuple(isinstance(a, Tensor) and a._req for a in args)
    wanted = state.grad and any(t._req for t in tensors)
    edges = tuple([views.edge_of(t) for t in tensors])
    with no_grad():
        if cls.setup_context is not Function.setup_context:
            result = cls.forward(*args)
            cls.setup_context(ctx, args, result)
        else:
            result = cls.forward(ctx, *args)
    outs = list(result) if isinstance(result, tuple) else [result]
    for i, out in enumerate(outs):
        if isinstance(out, Tensor) and not any(out is d for d in ctx._dirty):
            outs[i] = _fresh(out, tensors)
    if wanted:
        _record(ctx, outs, edges, result, isinstance(result, tuple))
    final = tuple(outs) if isinstance(result, tuple) else outs[0]
    observer = observe._observer
    if observer is not None:
        observer.operation(_row(own), tuple(tensors), args, {}, final)
    return final


def _fresh(out: Tensor, inputs: list[Tensor]) -> Tensor:
    """An output with no history of its own; one that is an input comes back as a view of it."""
    if out._fn is None and not any(out is t for t in inputs):
        out._req = False if out._req and out._fn is None and not state.grad else out._req
        return out
    copy = wrap(views.storage(out))
    copy._counter = views.counter_of(out)
    return copy


def _record(ctx: FunctionCtx, outs: list[Any], edges: tuple[Any, ...], result: Any, several: bool) -> None:
    """Hang the outputs on the context."""
    ctx._seq = next(clock)
    ctx._edges = edges
    for edge in edges:
        if edge is not None and edge._seq is None and edge._first is None:
            edge._first = ctx._seq
    originals = list(result) if several else [result]
    _keep(ctx, originals, outs)
    if several:
        ctx._outputs = tuple((o._data.shape, o._data.dtype) if isinstance(o, Tensor) else ((), None) for o in outs)
    else:
        ctx._shape, ctx._dtype = outs[0]._data.shape, outs[0]._data.dtype
    for i, (original, out) in enumerate(zip(originals, outs, strict=True)):
        if not isinstance(out, Tensor) or out._data.dtype.kind not in "fcV":
            continue
        if any(original is t for t in ctx._non_differentiable):
            continue
        fn = Slot(ctx, i) if several else ctx
        if any(out is d for d in ctx._dirty):
            views.counter_of(out).bump()
            views.rebase(out, fn)
        else:
            out._fn, out._req = fn, True


def _keep(ctx: FunctionCtx, originals: list[Any], outs: list[Any]) -> None:
    """Turn what was saved into references that make no cycle: outputs by number."""
    if not ctx._saved:
        return
    numbers = {id(o): i for i, o in enumerate(originals) if isinstance(o, Tensor)}
    inputs_too = [t for t in ctx._saved if isinstance(t, Tensor) and id(t) not in numbers]
    ctx._output_data = tuple(o._data if isinstance(o, Tensor) else None for o in outs)
    ctx._saved = tuple(numbers.get(id(t), t) if isinstance(t, Tensor) else t for t in ctx._saved)
    ctx._tensors = tuple(inputs_too)


@functools.cache
def _node_class(cls: Any) -> type[FunctionCtx]:
    return type(f"{cls.__name__}Backward", (FunctionCtx,), {"__module__": "torch.autograd.function"})


@functools.cache
def _row(cls: Any) -> Op:
    """A row for the observer: a Function is not in the table."""
    names = tuple(inspect.signature(cls.forward).parameters)
    names = names[1:] if cls.setup_context is Function.setup_context else names
    return Op(
        name=cls.__name__,
        formula=f"{cls.__name__}({', '.join(names)})",
        family="function",
        doc=(cls.__doc__ or "A function of the program's own.").strip().partition("\n")[0],
        parameters=names,
        derivatives=dict.fromkeys(names, f"{cls.__name__}.backward"),
        backward_name=f"{cls.__name__}Backward",
        samples=(),
        forward=cls.forward,
        rules={},
        saves={},
        backward=f"{cls.__name__}Backward",
        promote=(),
        to_float=False,
        view=False,
        inplace=False,
        composite=False,
        function=False,
        method=False,
        aliases=(),
        variadic=-1,
        returns=(),
        constant=(),
        positional=len(names),
        defaults=(MISSING,) * len(names),
        named_defaults=[],
        promoted=(),
        required=len(names),
        index={n: i for i, n in enumerate(names)},
    )


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Marks a backward that works on numbers only: its result cannot be differentiated again."""

    @functools.wraps(backward)
    def wrapper(ctx: Any, *grads: Any) -> Any:
        with no_grad():
            results = backward(ctx, *grads)
        if not state.grad or not any(isinstance(g, Tensor) and g._req for g in grads):
            return results
        several = isinstance(results, tuple)
        marked = [_stop(r) if isinstance(r, Tensor) else r for r in (results if several else (results,))]
        return tuple(marked) if several else marked[0]

    return wrapper


class _Stop(Function):
    """Raises where a gradient is differentiated that cannot be."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.clone()  # type: ignore[no-any-return]

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        raise RuntimeError("trying to differentiate twice a function that was marked with @once_differentiable")


def _stop(t: Tensor) -> Tensor:
    with enable_grad():
        return _Stop.apply(t.detach().requires_grad_())  # type: ignore[no-any-return]
