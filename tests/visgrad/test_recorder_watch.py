"""Scripts and notebooks: `watch`, `record`, `load`, `save`, pictures and JSON of a recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import engine
import visgrad
from tests.visgrad.recordings import first_lesson
from visgrad.export.json import to_json
from visgrad.recording.model import Bind, Error
from visgrad.recording.recording import Recording
from visgrad.recording.summary import values

torch: Any = engine


def test_watch_records_operations_names_places_and_sweeps() -> None:
    before = torch.tensor(5.0, requires_grad=True)
    with visgrad.watch() as recording:
        w = torch.tensor(2.0, requires_grad=True)
        y = w**2
        z = 10 * y + before
        z.backward()
    assert [operation.op for operation in recording.operations] == ["tensor", "pow", "mul", "given", "add"]
    assert [step.name for step in recording.steps if isinstance(step, Bind)] == ["w", "y", "before", "z"]
    assert recording.operations[1].call == "w**2"
    assert recording.operations[1].where[0].function.endswith("places_and_sweeps")
    assert "y = w**2" in recording.source
    assert recording.source.split("\n")[recording.operations[1].where[0].span.line - 1].strip() == "y = w**2"
    assert len(recording.sweeps) == 1
    assert recording.outcome is not None
    assert recording.outcome.kind == "done"
    assert w.grad.item() == 40


def test_a_second_watch_knows_the_names_again() -> None:
    w = torch.tensor(2.0)
    for _ in range(2):
        with visgrad.watch() as recording:
            y = w * 2
    assert [recording.frame(10**6).name(value) for value in range(2)] == ["w", "y"]
    assert y.item() == 4


def test_names_come_before_the_next_operation() -> None:
    with visgrad.watch() as recording:
        a = torch.tensor(1.0)
        b = a * 2
        a = b * 3
    assert a.item() == 6
    names = [recording.frame(position).names(0) for position in (1, 2, 3)]
    assert names == [["a"], ["a"], ["a"]]
    assert recording.frame(3).name(2) == "a"


def test_calls_of_the_scripts_own_functions_are_levels() -> None:
    def double(x: Any) -> Any:
        return x * 2

    with visgrad.watch() as recording:
        double(torch.tensor(1.0))
    where = recording.operations[1].where
    assert [call.function.rsplit(".")[-1] for call in where] == [
        "double",
        "test_calls_of_the_scripts_own_functions_are_levels",
    ]


def test_an_exception_passes_through_and_ends_the_recording() -> None:
    watch = visgrad.watch()
    with pytest.raises(RuntimeError), watch:
        torch.ones(2).backward()
    recording = watch.recording
    assert isinstance(recording.steps[-1], Error)
    assert recording.steps[-1].where[0].span.line > 0
    assert recording.outcome is not None
    assert recording.outcome.kind == "error"


def test_nothing_is_recorded_after_the_block() -> None:
    with visgrad.watch() as recording:
        x = torch.tensor(1.0)
    count = len(recording.steps)
    _ = x * 2
    assert len(recording.steps) == count


def test_watches_can_be_nested_and_the_inner_one_records() -> None:
    with visgrad.watch() as outer:
        torch.tensor(1.0)
        with visgrad.watch() as inner:
            torch.tensor(2.0)
        torch.tensor(3.0)
    assert [float(values(o.outputs[0].summary)) for o in outer.operations] == [1, 3]  # type: ignore[arg-type]
    assert [float(values(o.outputs[0].summary)) for o in inner.operations] == [2]  # type: ignore[arg-type]


def test_record_runs_a_text_or_a_file_in_a_worker(tmp_path: Path) -> None:
    source = "import torch\nw = torch.tensor(2.0, requires_grad=True)\n(w**2).backward()\nprint(w.grad)\n"
    path = tmp_path / "square.py"
    path.write_text(source)
    for recording in (visgrad.record(source), visgrad.record(path), visgrad.record(str(path))):
        assert recording.source == source
        assert [operation.op for operation in recording.operations] == ["tensor", "pow"]
        assert [step.text for step in recording.frame(10**6).printed()] == ["tensor(4.)\n"]
        assert recording.outcome is not None
        assert recording.outcome.kind == "done"
    assert recording.name == "square.py"


def test_record_keeps_what_ran_before_an_error() -> None:
    recording = visgrad.record("import torch\nw = torch.tensor(2.0)\nw.backward()\n")
    assert recording.error is not None
    assert recording.error.type == "RuntimeError"
    assert len(recording.operations) == 1


def test_a_saved_recording_is_loaded_again(tmp_path: Path) -> None:
    recording = first_lesson()
    visgrad.save(recording, tmp_path / "a.visgrad")
    assert visgrad.load(tmp_path / "a.visgrad").steps == recording.steps


def test_a_recording_is_a_picture_in_a_notebook_and_a_file(tmp_path: Path) -> None:
    recording = first_lesson()
    root = ElementTree.fromstring(recording._repr_svg_())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    text = recording.to_svg(tmp_path / "a.svg", position=2, theme="dark")
    assert (tmp_path / "a.svg").read_text("utf-8") == text
    assert text != recording.to_svg(position=2)
    assert len(text) < len(recording.to_svg())


def test_an_empty_recording_has_a_picture() -> None:
    assert ElementTree.fromstring(Recording().to_svg()).tag.endswith("svg")


def test_json_tells_what_a_frame_knows_and_nothing_of_the_future() -> None:
    recording = first_lesson()
    whole = json.loads(to_json(recording.frame(10**6)))
    assert whole["format"] == "visgrad-graph"
    assert [operation["op"] for operation in whole["operations"]] == ["tensor", "pow", "mul", "add"]
    assert whole["values"][0] == {
        "id": 0,
        "names": ["w"],
        "role": "leaf",
        "requires_grad": True,
        "tensor": 0,
        "version": 0,
        "view_of": None,
        "shape": [],
        "dtype": "float32",
        "device": "cpu",
        "data": 2.0,
        "gradient": {"shape": [], "dtype": "float32", "device": "cpu", "data": 40.0},
    }
    assert [(c["operation"], c["slot"], c["value"]) for c in whole["contributions"]] == [
        (3, 0, 2),
        (2, 0, 1),
        (1, 0, 0),
    ]
    assert whole["printed"] == "tensor(40.)\n"
    part = json.loads(to_json(recording.frame(2)))
    assert len(part["operations"]) == 2
    assert part["contributions"] == []
    assert part["values"][0]["gradient"] is None


def test_json_has_no_numbers_that_json_lacks() -> None:
    with visgrad.watch() as recording:
        torch.tensor([float("nan"), float("inf"), 1.0])
        torch.full((100,), float("nan"))
    written = to_json(recording.frame(10**6))
    assert json.loads(written, parse_constant=pytest.fail)["values"][0]["data"] == ["nan", "inf", 1.0]
