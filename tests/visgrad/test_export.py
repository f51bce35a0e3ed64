"""Writing pictures to files."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.visgrad.measure import DOT
from tests.visgrad.programs import in_place_and_view, lesson, square
from tests.visgrad.sketch import Sketch
from visgrad.export import SUFFIXES, atomic, export, to_dot, to_mermaid
from visgrad.export.moments import spread
from visgrad.picture.options import ViewOptions
from visgrad.worker.client import run_program


@pytest.mark.parametrize("suffix", [".svg", ".SVG", ".dot", ".mmd", ".json", ".html"])
def test_the_suffix_says_what_is_written(tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"picture{suffix}"
    export(lesson(), target)
    text = target.read_text("utf-8")
    beginning = {".svg": "<svg", ".dot": "digraph", ".mmd": "flowchart LR", ".json": "{", ".html": "<!doctype html>"}
    assert text.startswith(beginning[suffix.lower()])


def test_an_unknown_suffix_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot write picture\.bmp: its name should end in \.svg") as caught:
        export(lesson(), tmp_path / "picture.bmp")
    assert all(suffix in str(caught.value) for suffix in SUFFIXES)
    assert not list(tmp_path.iterdir())


def test_a_position_of_the_recording_can_be_chosen(tmp_path: Path) -> None:
    target = tmp_path / "picture.svg"
    export(lesson(), target, position=2)
    ids = [group.get("id") for group in ET.parse(target).getroot().iter("{http://www.w3.org/2000/svg}g")]
    assert sorted(name for name in ids if name and name[0] != "c") == ["e0-1-0", "n0", "n1"]


def test_a_file_is_replaced_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "picture.svg"
    target.write_text("old")

    def interrupted() -> None:
        with atomic(target) as partial:
            partial.write_text("half")
            raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError, match="interrupted"):
        interrupted()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
    with atomic(target) as partial:
        partial.write_text("new")
    assert target.read_text() == "new"


def test_files_get_the_permissions_that_files_get(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    export(lesson(), tmp_path / "picture.svg")
    assert (tmp_path / "picture.svg").stat().st_mode == plain.stat().st_mode


def test_a_missing_folder_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        export(lesson(), tmp_path / "nowhere" / "picture.svg")


def test_an_animation_shows_every_moment_or_a_fair_choice() -> None:
    assert spread(1, 8, 120) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert spread(1, 0, 120) == [0]
    chosen = spread(1, 1000, 120)
    assert (chosen[0], chosen[-1]) == (1, 1000)
    assert len(set(chosen)) == len(chosen) == 120


def test_json_holds_the_numbers(tmp_path: Path) -> None:
    export(lesson(), tmp_path / "picture.json")
    document = json.loads((tmp_path / "picture.json").read_text())
    assert [operation["call"] for operation in document["operations"][1:]] == ["w**2", "10*y", "10*y+25"]


def test_dot_draws_gradients_as_edges_that_lead_back() -> None:
    text = to_dot(lesson())
    assert "n0 -> n1;" in text
    assert "n1 -> n0 [style=dashed" in text
    assert 'label="y = w**2\\nPowBackward0  float32\\n4\\ngrad 10"' in text
    assert "->" not in to_dot(lesson(), position=1)
    assert "rankdir=TB" in to_dot(lesson(), options=ViewOptions(direction="down"))


@pytest.mark.skipif(DOT is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("name", ["x", 'a"b', "back\\slash", "두 번째", "new\nline", "{curly}|<angle>"])
def test_graphviz_reads_what_is_written_whatever_the_names(name: str) -> None:
    s = Sketch(name=name)
    s.op("tanh", s.leaf(name, 1.0), call=f"tanh({name})")
    done = subprocess.run(["dot", "-Tplain"], input=to_dot(s.recording()).encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().count("node n") == 2


def test_mermaid_escapes_what_it_would_misread() -> None:
    s = Sketch()
    s.op("tanh", s.leaf('a"<b>#1', 1.0), call="a < b")
    text = to_mermaid(s.recording())
    assert "a#34;#60;b#62;#35;1" in text
    assert "a #60; b" in text
    assert "n0 --> n1" in text


def test_mermaid_draws_gradients_dotted() -> None:
    text = to_mermaid(square())
    assert text.count("n0 --> n1") == 2
    assert text.count("n1 -.-> n0") == 2
    assert "linkStyle 1,3 stroke:" in text


def test_ghosts_are_written_when_asked_for() -> None:
    recording = in_place_and_view()
    assert "n6" not in to_mermaid(recording, 3)
    assert "n6" in to_mermaid(recording, 3, ViewOptions(ghosts=True))


LOOP = """\
import torch
w = torch.tensor(1.0, requires_grad=True)
for epoch in range(6):
    loss = (w * 2 - 3)**2
loss.backward()
"""


def test_text_formats_fold_as_the_picture_does() -> None:
    recording = run_program(LOOP)
    options = ViewOptions(folded=(0,))
    dot, mermaid = to_dot(recording, options=options), to_mermaid(recording, options=options)
    assert 'g0 [label="for epoch in range(6)\\nloop × 6  18 ops\\nloss = 1"' in dot
    assert 'n0 -> g0 [label="×6"];' in dot
    assert "g0 -> n0 [style=dashed" in dot
    assert "n0 -->|×6| g0" in mermaid
    assert "g0[[" in mermaid
