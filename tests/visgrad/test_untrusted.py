"""What comes from a file or another process is shown or refused, however it has been changed; it never gets further."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path
from typing import Any
from xml.dom import minidom

import msgspec
import pytest

from tests.visgrad.recorded import Run
from visgrad.explain.ledger import ledger
from visgrad.explain.narrate import narrate
from visgrad.explain.why_none import why_none
from visgrad.export import json
from visgrad.recording.chart import Axes, Chart, Series
from visgrad.recording.check import check, check_array, check_outcome
from visgrad.recording.file import FileError, load, save
from visgrad.recording.model import Bind, Outcome, Pass, Print, Step
from visgrad.recording.recording import Recording

PROGRAM = """
x = torch.ones(2, 2, requires_grad=True)
for i in range(2):
    y = (x * 2).sum()
    y.backward()
    x.grad = None
v = x.detach().view(4)
v[1:].add_(1)
a, b = torch.ones(4).split(2)
"""
NUMBERS = (-1, 0, 3, 2**31, 2**62, 2**64 - 1, -(2**62), 1.5, float("nan"))
ODD: tuple[Any, ...] = (
    *NUMBERS,
    "",
    "float32",
    "\x00",
    None,
    True,
    [],
    {},
    b"",
    bytes(4),
    [2**31, 2**31],
    [-1],
    [1] * 70,
)
TAILS = ("\n", "`", "<script>", "\u202e", "]]>", '"', "\x01", "{}")


def _paths(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *[found for key, child in children for found in _paths(child, (*path, key))]]


def _change(document: Any, paths: list[tuple[Any, ...]], chance: random.Random) -> None:
    """Change one thing in the middle of a document."""
    *way, key = chance.choice(paths)
    node = document
    for part in way:
        node = node[part]
    old = node[key]
    match chance.randrange(5):
        case 0 | 1:
            node[key] = chance.choice(ODD)
        case 2 if isinstance(node, list):
            del node[key]
        case 3 if isinstance(old, int):
            node[key] = old + chance.choice((-1, 1, 5, 100))
        case _ if isinstance(old, str):
            node[key] = old + chance.choice(TAILS)
        case _ if isinstance(node, list):
            chance.shuffle(node)


def _look_at_everything(recording: Recording) -> None:
    end = recording.frame(len(recording.stops))
    for position in range(len(recording.stops) + 1):
        frame = recording.frame(position)
        assert narrate(frame)
        assert narrate(frame, "ko")
        frame.printed()
    for value in range(len(recording.values)):
        ledger(end, value)
        why_none(end, value)
    json.to_json(end)
    minidom.parseString(recording.to_svg())


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    path = tmp_path_factory.mktemp("whole") / "whole.visgrad"
    save(Run(PROGRAM).recording, path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("seed", range(10))
def test_a_changed_recording_is_refused_with_a_sentence_or_can_be_shown(
    seed: int, parts: dict[str, bytes], tmp_path: Path
) -> None:
    chance = random.Random(seed)
    whole = parts["recording.msgpack"]
    paths = _paths(msgspec.msgpack.decode(whole))[1:]
    shown = 0
    for _ in range(60):
        document = msgspec.msgpack.decode(whole)
        _change(document, paths, chance)
        path = tmp_path / "changed.visgrad"
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in parts.items():
                archive.writestr(name, msgspec.msgpack.encode(document) if data is whole else data)
        try:
            recording = load(path).recording
        except FileError:
            continue
        _look_at_everything(recording)
        shown += 1
    assert 0 < shown < 60


def test_an_argument_without_any_text_can_be_shown(tmp_path: Path) -> None:
    run = Run("x = torch.ones(2, requires_grad=True)\ny = x.add(1, alpha=2)")
    operation = run.recording.operations[-1]
    empty = tuple(msgspec.structs.replace(a, text="") for a in operation.arguments)
    again = Recording(run.recording.source)
    again.extend([s if s is not operation else msgspec.structs.replace(operation, arguments=empty)
                  for s in run.recording.steps])  # fmt: skip
    _look_at_everything(again)


@pytest.mark.parametrize(
    "step",
    [
        Print("x", line=-1),
        Bind("x", 0, 2**40),
        Pass(2**40, 1),
        Chart((), line=-1),
        Chart((Axes(xlim=(0.0, float("nan"))),)),
        Chart((Axes(ylim=(0.0, float("inf"))),)),
        Chart((Axes((Series("image", values=bytes(8), rows=-1),)),)),
    ],
)
def test_steps_that_no_program_makes_are_refused(step: Step) -> None:
    with pytest.raises(ValueError, match=r"line|limits|rows"):
        check(step)


@pytest.mark.parametrize("outcome", [Outcome("fine"), Outcome("done", "", float("nan")), Outcome("done", "", -1.0)])
def test_an_end_that_no_run_has_is_refused(outcome: Outcome, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"run"):
        check_outcome(outcome)
    recording = Recording("x = 1")
    recording.outcome = outcome
    save(recording, tmp_path / "odd.visgrad")
    with pytest.raises(FileError, match="contradicts itself"):
        load(tmp_path / "odd.visgrad")


@pytest.mark.parametrize(
    ("dtype", "shape", "data"),
    [
        ("object", (1,), bytes(8)),
        ("O", (1,), bytes(8)),
        ("float32", (2,), bytes(4)),
        ("float32", (-1,), bytes(4)),
        ("float32", (1 << 40, 1 << 40), b""),
        ("float32", (1,) * 65, bytes(4)),
        ("", (), b""),
    ],
)
def test_bytes_that_are_no_array_are_refused(dtype: str, shape: tuple[int, ...], data: bytes) -> None:
    with pytest.raises(ValueError, match=r"dtype|shape"):
        check_array(dtype, shape, data)
