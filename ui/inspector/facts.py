"""What the inspector says about a node, as plain data made from a frame.  Knows no Qt and no widget.

`describe` answers for an operation; the widget only sets what it is given.  A node is an operation with its results;
one with several results (`max(dim=…)`, `unbind`) has a section for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ui.i18n import language, tr
from visgrad.explain.formula import Derivative, explain
from visgrad.explain.label import call, label, named
from visgrad.explain.ledger import Row as Entry
from visgrad.explain.ledger import ledger
from visgrad.explain.spoken import help_line, spoken
from visgrad.explain.why_none import asked, why_none
from visgrad.recording.frame import Frame
from visgrad.recording.model import Operation, Output, Summary
from visgrad.recording.summary import short

LONGEST_TITLE = 40
LEDGER_ROWS = 40
"""At most so many contributions are listed; the newest are the ones of interest."""


@dataclass(frozen=True)
class Pair:
    """A name and a value beside it."""

    name: str
    value: str
    mono: bool = False


@dataclass(frozen=True)
class Words:
    """A sentence or a formula.  `style`: "", "formula", "dim" or "problem".

    `link`: what stands below it to be clicked, leading to `node`; "" for nothing.
    """

    text: str
    style: str = ""
    node: int = -1
    link: str = ""


@dataclass(frozen=True)
class Matrix:
    """An array; `kind` is "value" or "gradient" and `value` its id, so that all of it can be asked for."""

    summary: Summary
    value: int
    kind: str = "value"


@dataclass(frozen=True)
class Source:
    """The program's line that made the node."""

    line: int
    text: str


@dataclass(frozen=True)
class Posting:
    """A row of the gradient ledger: from where, how much, the sum; `node` is the sender, or -1."""

    sender: str
    amount: str
    total: str
    node: int = -1


@dataclass(frozen=True)
class Unfold:
    """A way to see what is in a folded group."""

    group: int
    text: str


Item: TypeAlias = Pair | Words | Matrix | Source | Posting | Unfold


@dataclass(frozen=True)
class Section:
    """A headed part."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Subject:
    """A node described.  `kind`: what it is, in words; `role`: the colour role it has in the picture.

    `call`: what the program wrote for it; `brief`: shape, dtype and device in a line.
    """

    title: str
    kind: str
    role: str
    call: str
    brief: str
    sections: tuple[Section, ...]


ROLES = {
    "leaf": "leaf",
    "parameter": "parameter",
    "constant": "constant",
    "result": "output",
    "no_grad": "no_grad",
    "detached": "no_grad",
}


def describe(frame: Frame, node: int) -> Subject:
    """All that is known of an operation at a frame (one that has not run yet is said to be ahead)."""
    operation = frame.recording.operations[node]
    written = call(operation)
    main = operation.outputs[0] if operation.outputs else None
    title = label(frame, main.value) if main else operation.op
    if title.startswith("#") and len(written) <= LONGEST_TITLE:
        title = written
    role = main.role if main else "result"
    kind = tr(f"kind.{role}") if role in ROLES else role
    shade = "in_place" if operation.in_place else "view" if main and main.view_of >= 0 else ROLES.get(role, "operation")
    if operation.op == "grad":
        kind, shade = tr("kind.gradient", name=label(frame, operation.inputs[0])), "gradient"
    elif operation.in_place:
        kind = tr("kind.in_place")
    elif main and main.view_of >= 0:
        kind = tr("kind.view", base=label(frame, main.view_of))
    sections: list[Section] = []
    if not frame.known(node):
        sections.append(Section("", (Words(tr("inspector.ahead"), "dim"),)))
        return Subject(title, kind, shade, written, "", (*sections, *_origin(frame, operation)))
    several = len(operation.outputs) > 1
    for output in operation.outputs:
        suffix = _which(frame, output) if several else ""
        sections.append(Section(tr("inspector.value") + suffix, (Matrix(output.summary, output.value),)))
        sections += _gradient(frame, output, suffix)
    sections += _formula(frame, operation)
    for output in operation.outputs:
        sections.append(_tensor(frame, operation, output, _which(frame, output) if several else ""))
    sections += _origin(frame, operation)
    brief = _brief(main.summary) if main and not several else ""
    return Subject(title, kind, shade, written if written != title else "", brief, tuple(sections))


def _which(frame: Frame, output: Output) -> str:
    """What tells one of several results from the others: its name, or its place."""
    return f" {named(frame, output.value) or f'[{frame.recording.slot[output.value]}]'}"


def _brief(summary: Summary) -> str:
    return f"{_shape(summary)} · {summary.dtype} · {summary.device}"


def _shape(summary: Summary) -> str:
    return f"({', '.join(map(str, summary.shape))}{',' if len(summary.shape) == 1 else ''})"


def _tensor(frame: Frame, operation: Operation, output: Output, suffix: str) -> Section:
    """What torch says of the tensor, under torch's own names."""
    pairs = [
        Pair("requires_grad", str(output.requires_grad), mono=True),
        Pair("is_leaf", str(_is_leaf(operation, output)), mono=True),
    ]
    if operation.backward:
        pairs.append(Pair("grad_fn", operation.backward, mono=True))
    if output.version:
        pairs.append(Pair("version", str(output.version), mono=True))
    if len(operation.outputs) > 1:
        pairs.insert(0, Pair("shape", _shape(output.summary), mono=True))
        pairs.insert(1, Pair("dtype", output.summary.dtype, mono=True))
    others = [name for name in frame.names(output.value) if name != label(frame, output.value)]
    if others:
        pairs.append(Pair(tr("inspector.other_names"), ", ".join(others), mono=True))
    return Section(tr("inspector.tensor") + suffix, tuple(pairs))


def _is_leaf(operation: Operation, output: Output) -> bool:
    return not output.requires_grad or not operation.backward


def _formula(frame: Frame, operation: Operation) -> list[Section]:
    explanation = explain(frame, operation.id)
    items: list[Item] = []
    if explanation.symbols:
        name, equals, formula = explanation.symbols.partition(" = ")
        items.append(Words(name + equals + spoken(formula, language()), "formula"))
    if explanation.numbers:
        items.append(Words(explanation.numbers, "formula"))
    if explanation.doc:
        items.append(Words(help_line(operation.op, explanation.doc, language()), "dim"))
    found = [Section(tr("inspector.formula"), tuple(items))] if operation.inputs and items else []
    lines = [words for derivative in explanation.derivatives for words in _derivative(derivative)]
    if lines:
        legend = [Words(tr("inspector.upstream"), "dim")] if any(d.rule for d in explanation.derivatives) else []
        found.append(Section(tr("inspector.derivative"), (*lines, *legend)))
    return found


def _derivative(derivative: Derivative) -> list[Words]:
    """The local derivative, and what is sent back to the input: the rule, and the same in numbers."""
    lines = [Words(derivative.local, "formula")] if derivative.local else []
    sent = " = ".join(text for text in (spoken(derivative.rule, language()), derivative.numbers) if text)
    return [*lines, Words(f"{derivative.name} ← {sent}", "formula")] if sent else lines


def _gradient(frame: Frame, output: Output, suffix: str) -> list[Section]:
    """The gradient that has come, how it added up, or why there is none."""
    items: list[Item] = []
    kept = frame.accumulated(output.value)
    now = frame.gradient(output.value)
    if kept is not None:
        items.append(Matrix(kept.grad, output.value, "gradient"))
    elif now is not None:
        items.append(Words(tr("inspector.passing"), "dim"))
        items.append(Matrix(now, output.value, "gradient"))
    if kept is None and asked(frame, output.value):
        reason = why_none(frame, output.value, language())
        other = reason.operation if reason.operation != frame.recording.producer[output.value] else -1
        link = call(frame.recording.operations[other]) if other >= 0 else ""
        items.append(Words(reason.text, "dim", other, link))
    title = tr("inspector.grad") if kept is not None else tr("inspector.gradient") if now else tr("inspector.why_none")
    sections = [Section(title + suffix, tuple(items))] if items else []
    entries = ledger(frame, output.value, LEDGER_ROWS)
    if entries:
        postings = tuple(_posting(frame, entry) for entry in entries)
        sections.append(Section(tr("inspector.ledger") + suffix, postings))
    return sections


def _posting(frame: Frame, entry: Entry) -> Posting:
    amount, total = short(entry.gradient), short(entry.total)
    if entry.kind == "start":
        return Posting(tr("ledger.start", number=entry.sweep + 1), amount, "")
    if entry.kind == "grad":
        return Posting(".grad", f"+ {amount}", total)
    if entry.kind == "cleared":
        return Posting(".grad", tr("ledger.cleared"), "None")
    operation = frame.recording.operations[entry.source]
    return Posting(call(operation), f"+ {amount}", total, entry.source)


def _origin(frame: Frame, operation: Operation) -> list[Section]:
    if not operation.where:
        return []
    lines = frame.recording.source.splitlines()
    items: list[Item] = []
    for place in operation.where:
        number = place.span.line
        text = lines[number - 1].strip() if 0 < number <= len(lines) else ""
        if items[-1:] != [Source(number, text)]:  # a comprehension is a frame of its own on the same line
            items.append(Source(number, text))
        if place.module:
            items.append(Pair("module", place.module, mono=True))
    return [Section(tr("inspector.source"), tuple(items))]
