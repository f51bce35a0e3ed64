"""A recording as JSON, for other programs: what had been computed and what gradients had flowed at one position.

Owns the layout, described in `to_json`.  Numbers that JSON has no word for (nan, inf) are written as strings.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from visgrad.picture.colouring import NOTHING, Colouring
from visgrad.picture.facts import facts_of
from visgrad.picture.fold import folds_of
from visgrad.picture.folded import fold, unfolded
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import Theme, theme
from visgrad.recording.frame import Frame
from visgrad.recording.model import Call, Contribution, Operation, Output, Summary
from visgrad.recording.recording import Recording
from visgrad.recording.summary import values

FORMAT = "visgrad-graph"
VERSION = 1


def to_json(
    frame: Frame,
    indent: int | None = 2,
    options: ViewOptions | None = None,
    colours: Theme | None = None,
    nodes: Collection[int] | None = None,
) -> str:
    """The graph at a frame, or what of it some `nodes` of a picture under these options stand for.

    `operations`: id, op, backward, inputs (value ids, repeats kept), outputs (value ids), arguments, call, where,
    order, in_place.  `values`: id, names, role, requires_grad, shape, dtype, device, tensor, version, view_of, data
    (nested lists, of small arrays) or statistics, and gradient likewise, if one has reached it.  `contributions`: in
    order, from which operation and input slot to which value.  Where cards are coloured by something, `coloured_by`
    says by what and has the legend, and each operation its `measure` and its `colour`.
    """
    recording, options = frame.recording, options or ViewOptions()
    known = [operation for operation in recording.operations if frame.known(operation.id)]
    if nodes is not None:
        wanted = _members(recording, options, nodes)
        known = [operation for operation in known if wanted[operation.id]]
    kept = {output.value for operation in known for output in operation.outputs} if nodes is not None else None
    legend, looks = _looks(frame, options, colours or theme("light"))
    document = {
        "format": FORMAT,
        "version": VERSION,
        "name": recording.name,
        "program": recording.source,
        "position": frame.position,
        "positions": len(recording.stops),
        **legend,
        "operations": [_operation(operation) | looks.get(operation.id, {}) for operation in known],
        "values": [_value(frame, output) for operation in known for output in operation.outputs],
        "contributions": [
            _contribution(step)
            for step in recording.steps[: frame.end]
            if isinstance(step, Contribution) and (kept is None or step.value in kept)
        ],
        "printed": "".join(step.text for step in frame.printed()),
    }
    return json.dumps(document, indent=indent, ensure_ascii=False, allow_nan=False) + "\n"


def _members(recording: Recording, options: ViewOptions, nodes: Collection[int]) -> list[bool]:
    """Of each operation, whether one of these nodes stands for it."""
    folds = folds_of(recording)
    closed = folds.closed(options.detail, options.unfolded, options.folded)
    graph, folding = fold(facts_of(recording).graph(options), folds, closed)
    chosen = np.append(np.isin(graph.nodes, list(nodes)), False)  # the last is for what is not shown
    members: list[bool] = chosen[folding.member].tolist()
    return members


def _looks(frame: Frame, options: ViewOptions, colours: Theme) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    """What the colours stand for, and the measure and colour of each operation."""
    if options.colour == "role":
        return {}, {}
    recording = frame.recording
    graph = facts_of(recording).graph(replace(options, constants=True))
    colouring = Colouring(recording, options.colour, graph, unfolded(graph, len(recording.operations)))
    scale = [{"colour": colours.colours[entry.role][:7], "text": entry.text} for entry in colouring.legend.entries]
    columns = zip(graph.nodes.tolist(), colouring.measured(frame), colouring.roles(frame).tolist(), strict=True)
    looks = {
        node: {"measure": _plain(measure), "colour": colours.colours[role][:7] if role != NOTHING else None}
        for node, measure, role in columns
    }
    return {"coloured_by": {"by": options.colour, "scale": scale}}, looks


def _operation(step: Operation) -> dict[str, Any]:
    arguments = [
        {"name": a.name, "input": a.input} if a.input >= 0 else {"name": a.name, "text": a.text} for a in step.arguments
    ]
    return {
        "id": step.id,
        "op": step.op,
        "backward": step.backward,
        "inputs": list(step.inputs),
        "outputs": [output.value for output in step.outputs],
        "arguments": arguments,
        "call": step.call,
        "where": [_call(call) for call in step.where],
        "order": step.order,
        "in_place": step.in_place,
    }


def _call(call: Call) -> dict[str, Any]:
    span = call.span
    return {
        "function": call.function,
        "module": call.module,
        "span": [span.line, span.column, span.end_line, span.end_column],
    }


def _value(frame: Frame, output: Output) -> dict[str, Any]:
    gradient = frame.gradient(output.value)
    return {
        "id": output.value,
        "names": frame.names(output.value),
        "role": output.role,
        "requires_grad": output.requires_grad,
        "tensor": output.tensor,
        "version": output.version,
        "view_of": None if output.view_of < 0 else output.view_of,
        **_array(output.summary),
        "gradient": None if gradient is None else _array(gradient),
    }


def _contribution(step: Contribution) -> dict[str, Any]:
    return {
        "sweep": step.sweep,
        "operation": step.source,
        "slot": step.slot,
        "value": step.value,
        "gradient": _array(step.gradient),
        "total": _array(step.total),
    }


def _array(summary: Summary) -> dict[str, Any]:
    described: dict[str, Any] = {
        "shape": list(summary.shape),
        "dtype": summary.dtype,
        "device": summary.device,
    }
    array = values(summary)
    if array is not None:
        return described | {"data": _plain(array.tolist())}
    return described | {
        "statistics": {
            name: _plain(getattr(summary, name)) for name in ("minimum", "maximum", "mean", "std", "nans", "infs")
        }
    }


def _plain(number: Any) -> Any:
    """Numbers as JSON has them: nan and inf as strings, complex numbers as pairs."""
    if isinstance(number, list):
        return [_plain(item) for item in number]
    if isinstance(number, complex):
        return [_plain(number.real), _plain(number.imag)]
    if isinstance(number, float) and not isfinite(number):
        return str(number)
    return number
