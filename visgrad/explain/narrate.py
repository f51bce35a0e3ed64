"""One calm sentence or two for each stop of a recording, in the reader's language.

Owns which sentence fits a stop; the words are `assets/translations/narrate.<code>.toml`, the formulas `formula`'s.
"""

from __future__ import annotations

import numpy as np

from visgrad.explain.formula import rule
from visgrad.explain.label import call, label, named, one_line, quoted, source
from visgrad.explain.mistakes import explained
from visgrad.explain.spoken import spoken
from visgrad.explain.texts import sentence
from visgrad.recording.chart import Chart
from visgrad.recording.frame import Frame
from visgrad.recording.model import (
    Accumulation,
    BackwardBegin,
    Clearing,
    Contribution,
    Error,
    Gap,
    Operation,
    Print,
    Step,
)
from visgrad.recording.summary import short

LONGEST_PRINT = 60
MANY_NAMES = 5
"""So many of the gradients that are cleared at once are named."""


def narrate(frame: Frame, language: str = "en") -> str:
    """What happens at a frame's stop."""
    parts: list[str] = []
    for step in frame.recording.steps[frame.start : frame.end]:
        text = _tell(frame, step, language)
        if text:
            parts.append(text)
    return " ".join(parts) or sentence(language, "stop.nothing")


def _tell(frame: Frame, step: Step, language: str) -> str:
    match step:
        case Operation():
            return _operation(frame, step, language)
        case BackwardBegin():
            return _begin(frame, step, language)
        case Contribution():
            return _contribution(frame, step, language)
        case Accumulation():
            name = label(frame, step.value)
            return sentence(language, "stop.accumulate", name=name, grad=short(step.grad))
        case Clearing():
            return _clearing(frame, step, language)
        case Gap(steps=steps):
            return sentence(language, "stop.gap", count=f"{steps:,}")
        case Print():
            return _print(step, language)
        case Chart():
            return sentence(language, "stop.chart", title=chart_title(step))
        case Error():
            text = sentence(language, "stop.error", type=step.type, message=one_line(step.message))
            return f"{ended(text)} {explained(step, language)}" if step.explanation else text
        case _:
            return ""


def _operation(frame: Frame, step: Operation, language: str) -> str:
    written = call(step)
    recording = frame.recording
    names = [named(frame, output.value) for output in step.outputs]
    numbers = [short(output.summary) for output in step.outputs]
    parts = (f"{name} = {number}" if name else number for name, number in zip(names, numbers, strict=True))
    places = {"call": written, "target": ", ".join(parts)}
    if step.in_place:
        slot = next((slot for slot, name in enumerate(names) if name), 0)
        key = "stop.asks" if step.op == "requires_grad_" else "stop.in_place"
        name = names[slot] or f"#{step.outputs[slot].value}"
        return sentence(language, key, call=written, name=name, value=numbers[slot])
    first = step.outputs[0] if step.outputs else None
    if not step.call and step.op in ("given", "Parameter", "earlier"):
        return sentence(language, f"stop.{step.op.lower()}", **places)
    if first is None or not step.inputs:
        return sentence(language, "stop.made", **places)
    if step.op == "grad":
        return sentence(language, "stop.grad", name=quoted(frame, step.inputs[0]), **places)
    if first.role == "detached":
        return sentence(language, "stop.detached", **places)
    if first.role == "no_grad" and any(recording.values[value].requires_grad for value in step.inputs):
        return sentence(language, "stop.untracked", **places)
    if first.view_of >= 0:
        return sentence(language, "stop.view", base=quoted(frame, first.view_of), **places)
    return sentence(language, "stop.result", **places)


def _begin(frame: Frame, step: BackwardBegin, language: str) -> str:
    name = ", ".join(quoted(frame, value) for value in step.roots)
    gradient = ", ".join(short(gradient) for gradient in step.gradients)
    key = "stop.begin_again" if step.sweep else "stop.begin"
    return sentence(language, key, name=name, gradient=gradient, number=step.sweep + 1)


def _contribution(frame: Frame, step: Contribution, language: str) -> str:
    operation = frame.recording.operations[step.source]
    places = {"source": source(operation), "gradient": short(step.gradient), "name": quoted(frame, step.value)}
    written = rule(frame, step)
    if written and written != places["gradient"]:
        text = sentence(language, "stop.contribution_rule", rule=spoken(written, language), **places)
    else:
        text = sentence(language, "stop.contribution", **places)
    if full := _broadcast(frame, step):
        shape = frame.recording.values[step.value].summary.shape
        text = f"{text} {sentence(language, 'stop.summed', shape=_shape(shape), full=_shape(full))}"
    if step.total != step.gradient:
        text = f"{text} {sentence(language, 'stop.sum', total=short(step.total))}"
    return text


def _broadcast(frame: Frame, step: Contribution) -> tuple[int, ...]:
    """The shape to which an operation broadcast what the contribution goes to, () if it did not."""
    recording = frame.recording
    operation = recording.operations[step.source]
    own = recording.values[step.value].summary.shape
    if len(operation.inputs) < 2 or len(operation.outputs) != 1:
        return ()
    full = operation.outputs[0].summary.shape
    try:
        spread = np.broadcast_shapes(*(recording.values[value].summary.shape for value in operation.inputs))
    except ValueError:
        return ()
    return full if spread == tuple(full) != tuple(own) else ()


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _clearing(frame: Frame, step: Clearing, language: str) -> str:
    names = [f"{label(frame, value)}.grad" for value in step.values]
    if len(names) > MANY_NAMES:
        names[MANY_NAMES - 1 :] = [sentence(language, "stop.others", count=len(names) - MANY_NAMES + 1)]
    return sentence(language, "stop.clear" if len(step.values) == 1 else "stop.clear_many", names=", ".join(names))


def ended(text: str) -> str:
    """A text with its full stop, so that another sentence can follow."""
    return text if text.endswith((".", "!", "?", ":", "…")) else f"{text}."


def chart_title(chart: Chart) -> str:
    """What a chart calls itself: its title, or that of its first axes that have one."""
    return chart.title or next((axes.title for axes in chart.axes if axes.title), "")


def _print(step: Print, language: str) -> str:
    text = one_line(step.text)
    if not text:
        return sentence(language, "stop.print_nothing")
    if len(text) > LONGEST_PRINT:
        text = f"{text[: LONGEST_PRINT - 1]}…"
    return sentence(language, "stop.result_shown" if step.stream == "result" else "stop.print", text=text)
