"""Public functions and methods, made from the table: `torch.mul`, `Tensor.mul`, `Tensor.mul_`, `Tensor.__mul__`.

Arithmetic between tensors of one floating type and shape, or with a Python number, takes the quick ways here;
everything else goes through apply.py.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from engine import observe
from engine.arguments import NUMPY_NAMES, Misfit
from engine.apply import run, run_in_place
from engine.backward import ARRAYS, TENSORS
from engine.grad_mode import state
from engine.node import clock, node_class
from engine.ops.arithmetic import pow as power
from engine.registry import COMPOSITES_ON_ARRAYS, OPS, Op
from engine.tensor import Tensor, wrap

_new = object.__new__
_float32 = np.float32
_ndarray = np.ndarray
_F32, _F64 = np.dtype(np.float32), np.dtype(np.float64)
_NO_KWARGS: dict[str, Any] = {}
NUMBERS = (int, float, complex, np.generic)


def public(op: Op) -> Callable[..., Any]:
    """The function a program calls."""
    if op.composite:
        return composite(op, False)

    def function(*args: Any, **kwargs: Any) -> Any:
        return run(op, args, kwargs)

    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = op.doc
    return function


def composite(op: Op, method: bool) -> Callable[..., Any]:
    """A row written on Tensors, called directly; Python's words for arguments that do not fit become torch's."""
    forward = op.forward

    def function(*args: Any, **kwargs: Any) -> Any:
        try:
            return forward(*args, **kwargs)
        except Misfit as error:
            raise TypeError(error.method if method else str(error)) from None
        except TypeError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is None:
                raise reworded(op, args, kwargs, error, method) from None
            raise

    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = op.doc
    return function


def reworded(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any], error: TypeError, method: bool) -> TypeError:
    """torch's sentence for a call that a Python signature refused."""
    try:
        op.bind(args, {NUMPY_NAMES.get(k, k): v for k, v in kwargs.items()})
    except Misfit as misfit:
        return TypeError(misfit.method if method else str(misfit))
    return error


def as_method(op: Op) -> Callable[..., Any]:
    """The method of a row; sentences about its arguments do not count the tensor itself."""
    if op.composite:
        return composite(op, True)

    def method(*args: Any, **kwargs: Any) -> Any:
        try:
            return run(op, args, kwargs)
        except Misfit as error:
            raise TypeError(error.method) from None

    method.__name__ = method.__qualname__ = op.name
    method.__doc__ = op.doc
    return method


def in_place(op: Op) -> Callable[..., Any]:
    """The method that writes its result into its tensor."""

    def method(*args: Any, **kwargs: Any) -> Any:
        try:
            return run_in_place(op, args, kwargs)
        except Misfit as error:
            raise TypeError(error.method.replace(f"{op.name}()", f"{op.name}_()", 1)) from None

    method.__name__ = method.__qualname__ = op.name + "_"
    method.__doc__ = f"In place: {op.doc}"
    return method


def _name_of(op: Op, layout: tuple[int, ...]) -> str:
    """The backward name of a binary call with tensors at these places."""
    if isinstance(op.backward, str):
        return op.backward
    example = wrap(np.float32(1))
    return op.backward({p: example if i in layout else 1.0 for i, p in enumerate(op.parameters)})


def binary(op: Op, compute: Callable[[Any, Any], Any], right: bool = False) -> Callable[[Any, Any], Any]:
    """`a ∘ b` for two tensors or a tensor and a number; with `right` the number is the first operand."""
    first, second = op.parameters[:2]
    reads_first, reads_second = op.saves[first], op.saves[second]
    first_for_first, second_for_first = first in reads_first, second in reads_first
    first_for_second, second_for_second = first in reads_second, second in reads_second
    result_for_first, result_for_second = "result" in reads_first, "result" in reads_second
    both = node_class(op, _name_of(op, (0, 1)), (0, 1))
    one = node_class(op, _name_of(op, (1,) if right else (0,)), (1,) if right else (0,))
    alone_reads_self = first_for_first if not right else second_for_second
    alone_reads_result = result_for_second if right else result_for_first
    own, others = (second, first) if right else (first, second)

    def with_number(self: Any, other: Any) -> Any:
        x = self._data
        if x.dtype is not _F32 and x.dtype is not _F64:
            return run(op, (other, self) if right else (self, other), _NO_KWARGS)
        data = compute(other, x) if right else compute(x, other)
        out = _new(Tensor)
        out._data = data
        if self._req and state.grad:
            fn = _new(one)
            fn._seq = seq = next(clock)
            edge = self._fn
            if edge is None:
                edge = self
                if self._first is None:
                    self._first = seq
            fn._edges = (edge,)
            fn._dtype = data.dtype
            if data.__class__ is _ndarray:
                fn._shape = data.shape
            setattr(fn, others, other)
            if alone_reads_self:
                setattr(fn, own, x)
                fn._tensors = (self,)
            if alone_reads_result:
                fn.result = data
                fn._tensors = fn._tensors or (None,)
            out._fn = fn
            out._req = True
        elif state.inference:
            out._inference = True
        observer = observe._observer
        if observer is not None:
            observer.operation(op, (self,), (other, self) if right else (self, other), _NO_KWARGS, out)
        return out

    def method(self: Any, other: Any) -> Any:
        kind = other.__class__
        if kind is float or kind is int:
            return with_number(self, other)
        if not isinstance(other, Tensor):
            return _other_kind(op, self, other, right)
        x, y = self._data, other._data
        if x.__class__ is y.__class__ is _float32:
            dtype: Any = _F32
            shape: Any = ()
        else:
            dtype = x.dtype
            shape = x.shape
            if dtype is not y.dtype or shape != y.shape or (dtype is not _F32 and dtype is not _F64):
                return run(op, (self, other), _NO_KWARGS)
        data = compute(x, y)
        out = _new(Tensor)
        out._data = data
        wants, other_wants = self._req, other._req
        if (wants or other_wants) and state.grad:
            if state.inference_seen and (self._inference or other._inference):
                return run(op, (self, other), _NO_KWARGS)
            fn = _new(both)
            fn._seq = seq = next(clock)
            edge = None
            if wants:
                edge = self._fn
                if edge is None:
                    edge = self
                    if self._first is None:
                        self._first = seq
            other_edge = None
            if other_wants:
                other_edge = other._fn
                if other_edge is None:
                    other_edge = other
                    if other._first is None:
                        other._first = seq
            fn._edges = (edge, other_edge)
            fn._dtype = dtype
            fn._shape = shape
            save_x = (wants and first_for_first) or (other_wants and first_for_second)
            save_y = (wants and second_for_first) or (other_wants and second_for_second)
            if save_x or save_y:
                fn._tensors = (self if save_x else None, other if save_y else None)
                if save_x:
                    setattr(fn, first, x)
                if save_y:
                    setattr(fn, second, y)
            if (wants and result_for_first) or (other_wants and result_for_second):
                fn.result = data
                fn._tensors = fn._tensors or (None, None)
            out._fn = fn
            out._req = True
        elif state.inference:
            out._inference = True
        observer = observe._observer
        if observer is not None:
            observer.operation(op, (self, other), (self, other), _NO_KWARGS, out)
        return out

    method.__doc__ = op.doc
    return method


def _other_kind(op: Op, self: Tensor, other: Any, right: bool) -> Any:
    """An operand that is neither tensor nor plain number."""
    if isinstance(other, bool | complex):
        return run(op, (other, self) if right else (self, other), _NO_KWARGS)
    if isinstance(other, np.generic):
        return run(op, (other.item(), self) if right else (self, other.item()), _NO_KWARGS)
    if isinstance(other, np.ndarray) and not right:
        whole = _new(Tensor)
        whole._data = other
        return run(op, (self, whole), _NO_KWARGS)
    return NotImplemented


def unary(op: Op, compute: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`f(a)` for a floating-point tensor."""
    (reads,) = op.saves.values()
    reads_input, reads_result = "input" in reads, "result" in reads
    cls = node_class(op, op.backward_name, (0,))

    def method(self: Any) -> Any:
        x = self._data
        dtype = x.dtype
        if dtype is not _F32 and dtype is not _F64:
            return run(op, (self,), _NO_KWARGS)
        data = compute(x)
        out = _new(Tensor)
        out._data = data
        if self._req and state.grad:
            fn = _new(cls)
            fn._seq = seq = next(clock)
            edge = self._fn
            if edge is None:
                edge = self
                if self._first is None:
                    self._first = seq
            fn._edges = (edge,)
            fn._dtype = data.dtype
            if data.__class__ is _ndarray:
                fn._shape = data.shape
            if reads_input:
                fn.input = x
                fn._tensors = (self,)
            elif reads_result:
                fn._tensors = (None,)
            if reads_result:
                fn.result = data
            out._fn = fn
            out._req = True
        elif state.inference:
            out._inference = True
        observer = observe._observer
        if observer is not None:
            observer.operation(op, (self,), (self,), _NO_KWARGS, out)
        return out

    def function(self: Any, *args: Any, **kwargs: Any) -> Any:
        if args or kwargs or not isinstance(self, Tensor):
            return general_call(self, *args, **kwargs)
        return method(self)

    general_call = as_method(op)
    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = op.doc
    return function


# Python's operators: the special method, the row, and how arrays compute it (None: always the general way).
BINARY: tuple[tuple[str, str, Callable[[Any, Any], Any] | None], ...] = (
    ("add", "add", operator.add),
    ("sub", "sub", operator.sub),
    ("mul", "mul", operator.mul),
    ("truediv", "div", operator.truediv),
    ("pow", "pow", power),
    ("floordiv", "floor_divide", None),
    ("mod", "remainder", None),
    ("matmul", "matmul", None),
    ("and", "bitwise_and", None),
    ("or", "bitwise_or", None),
    ("xor", "bitwise_xor", None),
    ("lshift", "bitwise_left_shift", None),
    ("rshift", "bitwise_right_shift", None),
)
COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
COMMUTATIVE = ("add", "mul", "and", "or", "xor")
UNARY = (("neg", "neg"), ("abs", "abs"), ("pos", "positive"))


def general(op: Op, right: bool = False) -> Callable[[Any, Any], Any]:
    """An operator method that goes through apply.py, NotImplemented for operands that are no numbers."""
    call = public(op)

    def method(self: Any, other: Any) -> Any:
        if isinstance(other, np.generic):
            other = other.item()
        elif isinstance(other, np.ndarray) and not right:
            whole = _new(Tensor)
            whole._data = other
            other = whole
        elif not isinstance(other, Tensor | int | float | complex):
            return NotImplemented
        return call(other, self) if right else call(self, other)

    return method


def in_place_operator(op: Op) -> Callable[[Any, Any], Any]:
    """`a ∘= b`."""

    def method(self: Any, other: Any) -> Any:
        if isinstance(other, np.generic):
            other = other.item()
        elif isinstance(other, np.ndarray):
            whole = _new(Tensor)
            whole._data = other
            other = whole
        elif not isinstance(other, Tensor | int | float | complex):
            return NotImplemented
        return run_in_place(op, (self, other), _NO_KWARGS)

    return method


def operators() -> None:
    """Attach Python's operators."""
    for special, name, compute in BINARY:
        op = OPS.get(name)
        if op is None:
            continue
        setattr(Tensor, f"__{special}__", binary(op, compute) if compute else general(op))
        if special in COMMUTATIVE and compute:
            setattr(Tensor, f"__r{special}__", binary(op, compute, right=True))
        elif f"__r{special}__" not in Tensor.__dict__:
            setattr(Tensor, f"__r{special}__", general(op, right=True))
        if op.inplace:
            setattr(Tensor, f"__i{special}__", in_place_operator(op))
    for name in COMPARISONS:
        if name in OPS:
            setattr(Tensor, f"__{name}__", general(OPS[name]))
    Tensor.__hash__ = object.__hash__  # type: ignore[method-assign, assignment]
    for special, name in UNARY:
        if name in OPS:
            setattr(Tensor, f"__{special}__", getattr(Tensor, name))


def quick(op: Op) -> Callable[..., Any] | None:
    """A quick method for a row with one floating-point parameter."""
    plain = op.parameters == ("input",) and tuple(op.rules) == ("input",) and not (op.view or op.composite or op.returns)
    if plain and isinstance(op.backward, str) and op.saves["input"] <= {"input", "result"}:
        return unary(op, op.forward)
    return None


def install() -> tuple[dict[str, Any], dict[str, Any]]:
    """Attach every row to Tensor; the functions for `torch.*`, and all functions, by name."""
    functions: dict[str, Any] = {}
    everything: dict[str, Any] = {}
    for op in OPS.values():
        fast = quick(op)
        call = fast or public(op)
        method = fast or as_method(op)
        setattr(TENSORS, op.name, call)
        if not op.composite or op.name in COMPOSITES_ON_ARRAYS:
            setattr(ARRAYS, op.name, COMPOSITES_ON_ARRAYS.get(op.name, op.forward))
        for name in (op.name, *op.aliases):
            everything[name] = call
            if op.function:
                functions[name] = call
            if (op.method or name.startswith("_")) and name not in Tensor.__dict__:
                setattr(Tensor, name, method)
            if op.inplace:
                setattr(Tensor, name + "_", in_place(op))
    operators()
    return functions, everything
