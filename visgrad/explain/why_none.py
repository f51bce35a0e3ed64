"""Why is this grad None?  Follows a value's history to the place where its gradient stopped.

Owns the reasoning; the words are `assets/translations/narrate.<code>.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass

from visgrad.explain.label import call, named, quoted
from visgrad.explain.texts import sentence
from visgrad.recording.frame import Frame
from visgrad.recording.model import BackwardEnd, Error, Operation
from visgrad.recording.summary import short

CUTTING = frozenset({"no_grad", "detached"})


@dataclass(frozen=True, slots=True)
class Reason:
    """`kind`: the key of the sentence (`non_leaf`, `detached`, …; `present` if there is a gradient after all).
    `text`: the sentence.  `operation`: the id of the operation to look at, -1 if there is none to blame."""

    kind: str
    text: str
    operation: int = -1


def why_none(frame: Frame, value: int, language: str = "en") -> Reason:
    """Why the `.grad` of a value is None at a frame."""
    kind, operation, places = _reason(frame, value)
    if operation >= 0:
        places["call"] = call(frame.recording.operations[operation])
    name = named(frame, value) or sentence(language, "why.this")
    text = sentence(language, f"why.{kind}", name=name, **places)
    return Reason(kind, text if named(frame, value) else text[:1].upper() + text[1:], operation)


def asked(frame: Frame, value: int) -> bool:
    """Whether a learner may wonder why a value has no gradient: not about numbers that nobody differentiates by."""
    if frame.recording.operations[frame.recording.producer[value]].op == "grad":
        return False  # a gradient itself, as the program read it
    kind, _, _ = _reason(frame, value)
    if kind == "late" and value in frame.recording.before:
        return (
            False  # written into after the sweep, as by an optimizer: what its .grad holds is the version's before it
        )
    if kind not in ("dtype", "constant", "inputs"):
        return True
    operation = frame.recording.operations[frame.recording.producer[value]]
    if kind == "dtype" or operation.op == "grad" or not named(frame, value):
        return False
    failed = isinstance(frame.step, Error)
    used = any(frame.known(user) for user, _ in frame.recording.users[value])
    return failed or (frame.sweep is not None and used)


Found = tuple[str, int, dict[str, str]]


def _reason(frame: Frame, value: int) -> Found:
    recording = frame.recording
    output = recording.values[value]
    maker = recording.operations[recording.producer[value]]
    if accumulated := frame.accumulated(value):
        return "present", -1, {"grad": short(accumulated.grad)}
    if not output.summary.dtype.startswith(("float", "bfloat", "complex")):
        return "dtype", maker.id, {"dtype": output.summary.dtype}
    if not output.requires_grad:
        return _no_grad(frame, maker, output.role)
    sweep = frame.sweep
    if sweep is None:
        return ("non_leaf", maker.id, {}) if output.role == "result" else ("not_yet", -1, {})
    if output.role == "result":
        if passed := frame.gradient(value):
            return "non_leaf_passed", maker.id, {"gradient": short(passed)}
        return "non_leaf", maker.id, {}
    if frame.in_sweep:
        return "running" if frame.gradient(value) is None else "partly", -1, {}
    if recording.made[maker.id] > recording.began[sweep.sweep]:
        return "late", -1, {}
    if isinstance(frame.step, Error) and isinstance(recording.steps[frame.start - 1], BackwardEnd):
        return "stopped", -1, {}
    if frame.cleared(value) >= 0:
        return "cleared", -1, {}
    if frame.contributions(value):
        return "unknown", -1, {}
    return _not_reached(frame, value, sweep.roots)


def _no_grad(frame: Frame, maker: Operation, role: str) -> Found:
    """Why a value that could require grad does not."""
    if role == "detached":
        return "detached", maker.id, {}
    if not maker.inputs:
        return "constant", maker.id, {}
    if any(frame.recording.values[value].requires_grad for value in maker.inputs):
        return "no_grad", maker.id, {}
    return "inputs", _first_cut(frame, maker), {}


def _first_cut(frame: Frame, maker: Operation) -> int:
    """The operation upstream of one without history where history was lost, or -1 if there never was any."""
    recording = frame.recording
    pending, seen = list(maker.inputs), set(maker.inputs)
    while pending:
        operation = recording.operations[recording.producer[pending.pop()]]
        for value in operation.inputs:
            if recording.values[value].requires_grad:
                return operation.id
            if value not in seen:
                seen.add(value)
                pending.append(value)
    return -1


def _not_reached(frame: Frame, value: int, roots: tuple[int, ...]) -> Found:
    """Why a sweep from the roots did not come to a leaf."""
    recording = frame.recording
    root = quoted(frame, roots[-1]) if roots else ""
    known = [operation for operation, _ in recording.users[value] if frame.known(operation)]
    if not known:
        return "unused", -1, {}
    upstream = _upstream(frame, roots)
    pending, seen = [value], {value}
    while pending:
        for user, _ in recording.users[pending.pop()]:
            for output in recording.operations[user].outputs:
                if output.value in seen or not frame.known(user):
                    continue
                seen.add(output.value)
                pending.append(output.value)
                if output.value in upstream and not output.requires_grad:
                    kind = "cut_no_grad" if output.role == "no_grad" else "cut_detached"
                    if not output.summary.dtype.startswith(("float", "bfloat", "complex")):
                        kind = "cut_dtype"
                    return kind, user, {"root": root}
    return "elsewhere", -1, {"root": root}


def _upstream(frame: Frame, roots: tuple[int, ...]) -> set[int]:
    """All values from which the roots were computed, with or without history, and the roots."""
    recording = frame.recording
    pending, seen = list(roots), set(roots)
    while pending:
        for value in recording.operations[recording.producer[pending.pop()]].inputs:
            if value not in seen:
                seen.add(value)
                pending.append(value)
    return seen
