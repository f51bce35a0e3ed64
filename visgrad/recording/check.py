"""Refuses steps that no recorder makes: what comes from a file or another process is not trusted.

Owns the rules about a step by itself; whether its ids fit the steps before it is `recording`'s to say.
"""

from __future__ import annotations

from math import prod

from visgrad.recording.chart import Chart, check_chart
from visgrad.recording.forms import BindForm, ContributionForm, Form, OperationForm
from visgrad.recording.model import (
    WHOLE,
    Accumulation,
    BackwardBegin,
    Bind,
    Call,
    Clearing,
    Contribution,
    Error,
    Gap,
    Operation,
    Outcome,
    Pass,
    Print,
    Step,
    Summary,
)
from visgrad.recording.summary import sampling

ITEM_SIZES = {
    "bool": 1,
    "uint8": 1,
    "int8": 1,
    "uint16": 2,
    "int16": 2,
    "float16": 2,
    "bfloat16": 2,
    "uint32": 4,
    "int32": 4,
    "float32": 4,
    "uint64": 8,
    "int64": 8,
    "float64": 8,
    "complex64": 8,
    "complex128": 16,
}
"""The dtypes an array may have, and the bytes an element takes."""

ROLES = frozenset({"leaf", "parameter", "constant", "result", "no_grad", "detached"})

MOST_DIMENSIONS = 64
"""As many as NumPy's arrays have."""

MOST_INPUTS = 1_000_000

OUTCOMES = frozenset({"done", "error", "stopped", "limit", "died"})

FURTHEST = 10_000_000
"""No line or column lies beyond this."""


def check(step: Step) -> None:
    """ValueError, saying what is wrong, if a step cannot be shown."""
    match step:
        case Operation():
            check_calls(step.where)
            for output in step.outputs:
                if output.role not in ROLES:
                    raise ValueError(f"{output.role!r} is no role")
                check_summary(output.summary)
        case BackwardBegin():
            check_calls(step.where)
            for gradient in step.gradients:
                check_summary(gradient)
        case Bind() | Pass() | Print():
            check_line(step.line)
        case Contribution():
            check_summary(step.gradient)
            if step.total is not step.gradient:
                check_summary(step.total)
        case Accumulation():
            check_summary(step.grad)
        case Chart():
            check_chart(step)
            check_line(step.line)
        case Gap(steps=steps):
            if steps < 0:
                raise ValueError("a gap is negative")
        case Clearing() | Error():
            check_end(step)
        case _:
            pass


def check_summary(summary: Summary) -> None:
    """ValueError if the bytes of a summary are not what its shape and dtype say."""
    _check_bytes(summary.shape, summary.dtype, len(summary.whole), len(summary.sample), summary.sample_shape)


def _check_bytes(shape: tuple[int, ...], dtype: str, whole: int, sample: int, sample_shape: tuple[int, int]) -> None:
    size = ITEM_SIZES.get(dtype)
    if size is None:
        raise ValueError(f"{dtype!r} is no dtype")
    elements = 1
    if shape:
        if min(shape) < 0 or len(shape) > MOST_DIMENSIONS:
            raise ValueError("a shape is negative, or has too many dimensions")
        elements = prod(shape)
    if elements <= WHOLE:
        if sample or whole != elements * size:
            raise ValueError("an array's bytes do not fit its shape")
        return
    rows, columns, down, across = sampling(shape)
    expected = -(-rows // down), -(-columns // across)
    if whole or sample_shape != expected or sample != 4 * expected[0] * expected[1]:
        raise ValueError("a sample's bytes do not fit its array's shape")


def check_form(form: Form) -> None:
    """ValueError if no step has such a form."""
    match form:
        case OperationForm():
            check_calls(form.where)
            if not 0 <= form.inputs <= MOST_INPUTS:
                raise ValueError(f"an operation cannot have {form.inputs} inputs")
            for argument in form.arguments:
                if not -1 <= argument.input < form.inputs:
                    raise ValueError(f"an operation has no input {argument.input}")
            for output in form.outputs:
                if output.role not in ROLES:
                    raise ValueError(f"{output.role!r} is no role")
        case BindForm():
            check_line(form.line)
        case ContributionForm(slot=slot):
            if slot < 0:
                raise ValueError(f"there is no input {slot}")
        case _:
            pass
    for layout in form.layouts:
        if layout.whole < 0 or layout.sample < 0:
            raise ValueError("an array has less than no bytes")
        _check_bytes(layout.shape, layout.dtype, layout.whole, layout.sample, layout.sample_shape)


def check_end(step: Clearing | Error) -> None:
    """ValueError if no program clears gradients there, or ends in such an error."""
    check_calls(step.where)
    for part in step.parts if isinstance(step, Error) else ():
        check_calls(part.where)
        if not 2 <= part.level <= MOST_DIMENSIONS:
            raise ValueError(f"no exception lies {part.level} deep in a group")


def check_outcome(outcome: Outcome) -> None:
    """ValueError if a run cannot have ended so."""
    if outcome.kind not in OUTCOMES:
        raise ValueError(f"{outcome.kind!r} is no way for a run to end")
    if not 0 <= outcome.status <= 255:
        raise ValueError(f"{outcome.status} is no exit status")
    if not 0 <= outcome.seconds <= FURTHEST:
        raise ValueError(f"a run cannot take {outcome.seconds:g} seconds")


def check_array(dtype: str, shape: tuple[int, ...], data: bytes) -> None:
    """ValueError if bytes are no array of this kind."""
    size = ITEM_SIZES.get(dtype)
    if size is None:
        raise ValueError(f"{dtype!r} is no dtype")
    if min(shape, default=0) < 0 or len(shape) > MOST_DIMENSIONS or prod(shape) * size != len(data):
        raise ValueError("an array's bytes do not fit its shape")


def check_line(line: int) -> None:
    """ValueError if no program has such a line."""
    if not 0 <= line <= FURTHEST:
        raise ValueError(f"there is no line {line}")


def check_calls(calls: tuple[Call, ...]) -> None:
    """ValueError if a piece of text cannot lie in a program."""
    for call in calls:
        span = call.span
        for place in (span.line, span.column, span.end_line, span.end_column):
            if not 0 <= place <= FURTHEST:
                raise ValueError(f"there is no line or column {place}")
