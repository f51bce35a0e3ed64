"""Cards coloured by what their results are, and the legend that says what the colours stand for."""

from __future__ import annotations

import itertools
import json
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.visgrad.measure import DOT
from visgrad.export import export, to_dot, to_json, to_mermaid
from visgrad.export.html import to_html
from visgrad.picture.display import Display
from visgrad.picture.draw import Picture
from visgrad.picture.options import COLOURS, ViewOptions
from visgrad.picture.roles import INDEX, ROLES, theme, theme_names
from visgrad.worker.client import run_program

CHAIN = """\
import torch
w = torch.tensor([2.0, -3.0], requires_grad=True)
small = w * 1e-4
big = small * 1e6
n = torch.arange(3)
loss = big.sum()
loss.backward()
"""


run = cache(run_program)


def shown(source: str, by: str, position: int | None = None) -> Display:
    recording = run(source)
    picture = Picture(recording, ViewOptions(colour=by, detail=1.0))
    return picture.display(len(recording.stops) if position is None else position)


def accents(display: Display) -> dict[str, str]:
    return {title: ROLES[role] for title, role in zip(display.cards.title, display.cards.accent.tolist(), strict=True)}


def test_by_role_cards_look_as_ever_and_there_is_no_legend() -> None:
    assert shown(CHAIN, "role").legend is None


def test_gradients_are_coloured_by_their_decade_and_only_once_they_are_there() -> None:
    found = accents(shown(CHAIN, "gradient"))
    steps = {name: int(role.removeprefix("shade")) for name, role in found.items() if role.startswith("shade")}
    assert steps["big"] < steps["w"] < steps["small"]  # 1, 100, 10⁶
    assert found["n"] == "ghost"
    before = accents(shown(CHAIN, "gradient", position=3))
    assert set(before.values()) == {"ghost"}


def test_the_scale_of_gradients_is_the_same_at_every_step() -> None:
    legends = [shown(CHAIN, "gradient", position).legend for position in (0, 4, None)]
    assert legends[0] == legends[1] == legends[2]
    assert legends[0] is not None
    assert [entry.text for entry in legends[0].entries if entry.text] == ["1", "1000", "1e6"]


def test_a_gradient_that_is_not_a_number_has_the_colour_of_nan() -> None:
    source = "import torch\nx = torch.tensor(0.0, requires_grad=True)\n(x / x).backward()"
    assert accents(shown(source, "gradient"))["x"] == "nan"


def test_a_gradient_that_the_program_clears_leaves_no_colour() -> None:
    source = "import torch\nw = torch.tensor(2.0, requires_grad=True)\n(w * w).backward()\nw.grad = None"
    assert accents(shown(source, "gradient"))["w"] == "ghost"


def test_values_are_coloured_by_sign_and_size_about_zero() -> None:
    source = "import torch\na = torch.tensor(-4.0)\nb = torch.tensor(0.0)\nc = torch.tensor(4.0)"
    display = shown(source, "value")
    found = accents(display)
    assert found["a"] in ("signed0", "signed1")
    assert found["b"] == "signed4"
    assert found["c"] in ("signed7", "signed8")
    assert display.legend is not None
    assert [entry.text for entry in display.legend.entries if entry.text] == ["-5", "0", "5"]


def test_memory_counts_what_a_result_takes_up_for_itself() -> None:
    source = "import torch\na = torch.zeros(1000)\nv = a.view(10, 100)\ns = torch.zeros(1)"
    found = accents(shown(source, "memory"))
    assert found["v"] == "ghost"  # shares a's
    assert int(found["a"].removeprefix("shade")) > int(found["s"].removeprefix("shade"))


def test_time_runs_from_the_first_operation_to_the_last() -> None:
    found = accents(shown(CHAIN, "time"))
    assert (found["w"], found["loss"]) == ("shade0", "shade8")


def test_dtypes_and_devices_have_a_colour_each_that_the_legend_names() -> None:
    display = shown(CHAIN, "dtype")
    assert display.legend is not None
    named = {entry.text: ROLES[entry.role] for entry in display.legend.entries}
    assert accents(display)["w"] == named["float32"]
    assert accents(display)["n"] == named["int64"]
    assert len(set(named.values())) == 2
    device = shown(CHAIN, "device").legend
    assert device is not None
    assert [entry.text for entry in device.entries] == ["cpu"]


def test_a_folded_group_has_the_colour_of_its_largest_gradient() -> None:
    source = """\
import torch
w = torch.tensor(1.0, requires_grad=True)
y = w
for i in range(4):
    y = y * 10
(y * 1e-3).backward()
"""
    recording = run(source)
    picture = Picture(recording, ViewOptions(colour="gradient", detail=1.0, folded=(0,)))
    display = picture.display(len(recording.stops))
    assert (display.cards.node < 0).sum() == 1
    found = accents(display)
    folded = next(title for title in found if title.startswith("for i"))
    assert found[folded] == "shade6"  # of 1e-3, 1e-2 … 1 on a scale from 1e-3 to 10


@pytest.mark.parametrize("by", COLOURS[1:])
def test_every_colouring_draws_a_program_that_made_nothing_and_one_that_failed(by: str) -> None:
    for source in ("x = 1", "import torch\na = torch.ones(2)\nb = a @ torch.ones(3)"):
        recording = run(source)
        Picture(recording, ViewOptions(colour=by)).still(len(recording.stops))


def test_what_is_recoloured_stays_where_it_is() -> None:
    picture = Picture(run(CHAIN), ViewOptions(detail=1.0))
    other = picture.coloured("dtype")
    assert other.layout is picture.layout
    assert other.options.colour == "dtype"
    assert picture.display(5).legend is None
    assert other.display(5).legend is not None


def test_exports_carry_the_colours_and_the_legend(tmp_path: Path) -> None:
    recording = run(CHAIN)
    path = tmp_path / "a.svg"
    export(recording, path, options=ViewOptions(colour="dtype", detail=1.0))
    text = path.read_text("utf-8")
    assert ">int64</text>" in text
    assert theme("light")["kind1_fill"] in text
    page = to_html(recording, options=ViewOptions(colour="gradient", detail=1.0))
    assert "1e6" in page


@pytest.mark.parametrize("name", sorted(theme_names()))
def test_scales_can_be_told_apart_by_lightness_alone(name: str) -> None:
    worn = theme(name)
    light = [_lightness(worn[f"shade{step}"]) for step in range(9)]
    steps = [b - a for a, b in itertools.pairwise(light)]
    assert all(step > 0.01 for step in steps) or all(step < -0.01 for step in steps)


@pytest.mark.parametrize("name", sorted(theme_names()))
def test_text_can_be_read_on_the_fills_of_all_scales(name: str) -> None:
    worn = theme(name)
    for role in INDEX:
        if role.endswith("_fill") and role[:-5].rstrip("012345678") in ("shade", "signed", "kind"):
            assert _contrast(worn["text"], worn[role]) >= 5.5, role
            assert _contrast(worn["text_dim"], worn[role]) >= 3.0, role


def _lightness(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(first: str, second: str) -> float:
    dark, light = sorted((_lightness(first), _lightness(second)))
    return (light + 0.05) / (dark + 0.05)


def test_text_formats_are_coloured_as_the_cards_are_with_a_legend() -> None:
    recording, worn = run(CHAIN), theme("light")
    options = ViewOptions(colour="value", detail=1.0)
    display = shown(CHAIN, "value")
    loss = display.cards.title.index("loss")
    node, fill = int(display.cards.node[loss]), worn.colours[int(display.cards.fill[loss])]
    dot, mermaid = to_dot(recording, options=options), to_mermaid(recording, options=options)
    line = next(line for line in dot.splitlines() if line.startswith(f"  n{node} ["))
    assert f'fillcolor="{fill}"' in line
    assert "legend [shape=plaintext" in dot
    kind = next(line for line in mermaid.splitlines() if line.startswith("  class ") and f"n{node}" in line).split()[-1]
    assert f"classDef {kind} fill:{fill}," in mermaid
    assert "subgraph legend" in mermaid
    assert "legend" not in to_dot(recording) + to_mermaid(recording)


@pytest.mark.skipif(DOT is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("by", [by for by in COLOURS if by != "role"])
def test_graphviz_reads_the_legend(by: str) -> None:
    text = to_dot(run(CHAIN), options=ViewOptions(colour=by, language="ko"))
    done = subprocess.run(["dot", "-Tplain"], input=text.encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "node legend" in done.stdout.decode()


def test_json_has_the_measure_and_the_colour_of_each_operation() -> None:
    recording = run(CHAIN)
    document = json.loads(to_json(recording.frame(len(recording.stops)), options=ViewOptions(colour="gradient")))
    assert document["coloured_by"]["by"] == "gradient"
    measures = {one["call"].split(" = ")[-1]: (one["measure"], one["colour"]) for one in document["operations"]}
    assert measures["small * 1e6"][0] == 1.0
    assert measures["w * 1e-4"][0] == pytest.approx(1e6)
    assert measures["torch.arange(3)"] == (None, None)
    shades = [entry["colour"] for entry in document["coloured_by"]["scale"]]
    assert measures["small * 1e6"][1] in shades
    assert "measure" not in to_json(recording.frame(len(recording.stops)))
