"""One sample of an operator on torch and on the engine: values, types, shapes, gradients, second derivatives, errors.

`differences` yields what was checked and, where the two disagree, one sentence saying how.
"""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import engine
from engine.backward import grad
from engine.tensor import wrap
from tests.engine.mirror import convert
from tests.engine.mirror.convert import torch

HALVES = {"bfloat16": 1.6e-2, "float16": 1e-3}  # torch.testing's own
FORWARD = {"float64": 1e-7, "float32": 2e-5} | HALVES
GRADIENT = {"float64": 1e-6, "float32": 5e-4} | HALVES
SECOND = {"float64": 1e-5, "float32": 5e-3} | HALVES
UNDEFINED = {"empty", "empty_like", "new_empty", "empty_strided", "new_empty_strided", "resize_", "resize_as_"}
"""Operators whose values nobody promises; type and shape are compared."""


@dataclasses.dataclass(frozen=True)
class Check:
    """What was compared, and how the two differ ("" where they agree)."""

    kind: str
    difference: str


def seed() -> None:
    """The same seed everywhere, so that samples and random operators are the same in every run."""
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    engine.manual_seed(0)


def outcome(call: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """What a call gives, or the error it ends with."""
    seed()
    try:
        return call(), None
    except TimeoutError:
        raise
    except Exception as error:
        return None, error


def first_line(error: Exception) -> str:
    """Type and first line of the message; what a C++ trace adds is dropped."""
    lines = str(error).splitlines() or [""]
    return re.sub(r" \(Triggered internally.*", "", f"{type(error).__name__}: {lines[0]}")


def leaves(value: Any) -> Iterator[Any]:
    """Everything in nested tuples, lists and dictionaries, in order."""
    if isinstance(value, tuple | list) and not isinstance(value, torch.Size | engine.Size):
        for item in value:
            yield from leaves(item)
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from leaves(value[key])
    else:
        yield value


def compare(theirs: Any, ours: Any, tolerances: dict[str, float], defined: bool = True) -> str:
    """How two results differ; "" if they do not."""
    expected, found = list(leaves(theirs)), list(leaves(ours))
    if len(expected) != len(found):
        return f"gives {len(found)} values, torch {len(expected)}"
    for a, b in zip(expected, found, strict=True):
        said = compare_one(a, b, tolerances, defined)
        if said:
            return said
    return ""


def compare_one(a: Any, b: Any, tolerances: dict[str, float], defined: bool = True) -> str:
    """How one value of torch's and one of ours differ."""
    if not isinstance(a, torch.Tensor):
        if isinstance(a, torch.dtype | torch.device):
            return "" if str(a) == str(b) else f"gives {b}, torch {a}"
        if isinstance(a, float) and isinstance(b, float):
            return "" if np.isclose(a, b, rtol=1e-5, equal_nan=True) else f"gives {b}, torch {a}"
        return "" if a == b else f"gives {b!r:.60}, torch {a!r:.60}"
    if not isinstance(b, engine.Tensor):
        return f"gives a {type(b).__name__}, torch a tensor"
    if str(a.dtype) != str(b.dtype):
        return f"dtype {b.dtype}, torch {a.dtype}"
    if tuple(a.shape) != tuple(b.shape):
        return f"shape {list(b.shape)}, torch {list(a.shape)}"
    if not defined or a.is_complex():
        return ""
    name = str(a.dtype).removeprefix("torch.")
    y = np.asarray(b._data)
    if name in HALVES:
        a, y = a.float(), y.astype(np.float32)
    x = a.numpy(force=True)
    if x.dtype.kind != "f":
        return "" if np.array_equal(x, y) else values_differ(x, y)
    tolerance = tolerances.get(name, 1e-2)
    size = np.max(np.abs(x[np.isfinite(x)]), initial=0.0)
    close = np.isclose(y, x, rtol=tolerance, atol=tolerance * max(1.0, float(size)), equal_nan=True)
    return "" if close.all() else values_differ(x, y)


def values_differ(x: Any, y: Any) -> str:
    """The first place where two arrays differ."""
    with np.errstate(all="ignore"):
        wrong = ~np.isclose(np.asarray(y, float), np.asarray(x, float), rtol=1e-7, atol=1e-7, equal_nan=True)
    at = tuple(int(i) for i in np.argwhere(wrong)[0]) if wrong.any() else ()
    return f"value {y[at]} at {list(at)}, torch {x[at]} ({int(wrong.sum())} of {x.size} differ)"


def differentiable(values: Any, kind: Any) -> list[Any]:
    """The tensors among `values` that ask for gradients."""
    return [v for v in leaves(values) if isinstance(v, kind) and v.requires_grad]


def upstream(outputs: list[Any]) -> list[Any]:
    """Reproducible upstream gradients, as arrays."""
    generator = np.random.default_rng(7)
    kinds = [getattr(engine, str(t.dtype).removeprefix("torch.")).np for t in outputs]
    return [
        generator.uniform(-1, 1, tuple(t.shape)).astype(kind.name if kind.kind == "f" else np.float32).astype(kind)
        for t, kind in zip(outputs, kinds, strict=True)
    ]


def gradients(library: Any, outputs: list[Any], inputs: list[Any], create_graph: bool = False) -> Any:
    """The gradients of `outputs` with fixed upstream gradients."""
    arrays = [np.array(a) for a in upstream(outputs)]
    if library is torch:
        given = [convert.to_torch(a) for a in arrays]
        return torch.autograd.grad(outputs, inputs, given, create_graph=create_graph, allow_unused=True)
    given = [wrap(a[()] if a.ndim == 0 else a) for a in arrays]
    return grad(outputs, inputs, given, create_graph=create_graph, allow_unused=True)


class Sample:
    """One sample on both sides."""

    def __init__(self, entry: Any, sample: Any, function: Callable[..., Any], theirs: Callable[..., Any]) -> None:
        self.entry = entry
        self.pairs: list[tuple[Any, Any]] = []
        self.args = (sample.input, *sample.args)
        self.kwargs = sample.kwargs
        self.our_args = tuple(convert.to_engine(a, self.pairs) for a in self.args)
        self.our_kwargs = convert.to_engine(self.kwargs, self.pairs)
        self.function, self.theirs = function, theirs
        process = sample.output_process_fn_grad
        self.process = process
        self.our_process = convert.on_engine(process) if hasattr(process, "__code__") else process

    def forward(self) -> tuple[str, Any, Any]:
        """How the results differ, and the two results; None where both raise."""
        theirs, error = outcome(lambda: self.process(self.theirs(*self.args, **self.kwargs)))
        ours, our_error = outcome(lambda: self.our_process(self.function(*self.our_args, **self.our_kwargs)))
        if error is not None:
            return ("" if our_error is not None else f"gives a value, torch {first_line(error)}"), None, None
        if our_error is not None:
            return f"raises {first_line(our_error)}", None, None
        defined = self.entry.name not in UNDEFINED
        return compare(theirs, ours, FORWARD, defined), theirs, ours

    def derivatives(self, theirs: Any, ours: Any, second: bool) -> Iterator[Check]:
        """First and, if asked for, second derivatives."""
        inputs, our_inputs = [p[0] for p in self.pairs], [p[1] for p in self.pairs]
        outputs, our_outputs = differentiable(theirs, torch.Tensor), differentiable(ours, engine.Tensor)
        if len(outputs) != len(our_outputs):
            yield Check("gradient", f"{len(our_outputs)} outputs require gradients, torch {len(outputs)}")
            return
        if not outputs:
            return
        pending = [("gradient", GRADIENT)] + ([("second", SECOND)] if second else [])
        for kind, tolerances in pending:
            more = second and kind == "gradient"
            grads, error = outcome(lambda: gradients(torch, outputs, inputs, more))  # noqa: B023
            if error is not None:
                return
            our_grads, our_error = outcome(lambda: gradients(engine, our_outputs, our_inputs, more))  # noqa: B023
            if our_error is not None:
                yield Check(kind, f"raises {first_line(our_error)}")
                return
            yield Check(kind, compare(*without_zeros(grads, our_grads), tolerances))
            outputs, our_outputs = differentiable(grads, torch.Tensor), differentiable(our_grads, engine.Tensor)
            both = [(a, b) for a, b in zip(grads, our_grads, strict=True) if a is not None and b is not None]
            outputs = [a for a, b in both if a.requires_grad and b.requires_grad]
            our_outputs = [b for a, b in both if a.requires_grad and b.requires_grad]
            if not outputs:
                return


def without_zeros(grads: Any, our_grads: Any) -> tuple[list[Any], list[Any]]:
    """The gradients of both, less those that one side gives as None and the other as None or zeros."""
    pairs = [
        (a, b)
        for a, b in zip(grads, our_grads, strict=True)
        if not ((a is None or b is None) and all(x is None or not bool((x != 0).any()) for x in (a, b)))
    ]
    return [a for a, _ in pairs], [b for _, b in pairs]


def differences(entry: Any, sample: Any, function: Callable[..., Any], second: bool) -> Iterator[Check]:
    """Compare one sample: its result, its gradients, and its second derivatives if asked for."""
    both = Sample(entry, sample, function, entry.op)
    said, theirs, ours = both.forward()
    yield Check("forward", said)
    if theirs is None or said:
        return
    if both.pairs and entry.supports_autograd:
        yield from both.derivatives(theirs, ours, second and entry.supports_gradgrad)


def in_place(entry: Any, sample: Any, method: Callable[..., Any]) -> Iterator[Check]:
    """Compare the in-place method: what it returns and what its tensor holds afterwards."""
    variant = entry.inplace_variant
    if not isinstance(sample.input, torch.Tensor):
        return
    copy = type(sample)(sample.input.detach().clone(), args=detached(sample.args), kwargs=detached(sample.kwargs))
    both = Sample(entry, copy, method, variant)
    said, theirs, ours = both.forward()
    if theirs is not None and not said and ours is not both.our_args[0]:
        said = "does not return its own tensor"
    yield Check("in place", said)


def as_method(entry: Any, sample: Any, method: Callable[..., Any]) -> Iterator[Check]:
    """Compare the method of the same name."""
    if isinstance(sample.input, torch.Tensor):
        copy = type(sample)(sample.input.detach(), args=detached(sample.args), kwargs=detached(sample.kwargs))
        yield Check("method", Sample(entry, copy, method, entry.method_variant).forward()[0])


def detached(value: Any) -> Any:
    """`value` with tensors that ask for no gradients."""
    if isinstance(value, torch.Tensor):
        return value.detach()
    if isinstance(value, tuple | list):
        return type(value)(detached(v) for v in value)
    if isinstance(value, dict):
        return {k: detached(v) for k, v in value.items()}
    return value


def message(entry: Any, error_input: Any, function: Callable[..., Any]) -> Iterator[Check]:
    """Compare the error of a call that torch refuses."""
    both = Sample(entry, error_input.sample_input, function, entry.op)
    _, error = outcome(lambda: both.theirs(*both.args, **both.kwargs))
    if error is None:
        return
    _, our_error = outcome(lambda: both.function(*both.our_args, **both.our_kwargs))
    if our_error is None:
        yield Check("message", f"gives a value, torch {first_line(error)}")
        return
    same = first_line(error) == first_line(our_error)
    yield Check("message", "" if same else f"says {first_line(our_error)}, torch {first_line(error)}")
