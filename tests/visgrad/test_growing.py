"""Pictures that grow while a program runs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tests.visgrad.measure import lines_of, quality
from tests.visgrad.programs import PROGRAMS, chain, perceptron, recurrent
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.recording.recording import Recording
from visgrad.worker.client import run_program


def grown(whole: Recording, options: ViewOptions, by: int = 7) -> list[Picture]:
    recording, pictures = Recording(), list[Picture]()
    for at in range(0, len(whole.steps), by):
        recording.extend(whole.steps[at : at + by])
        pictures.append(Picture(recording, options, pictures[-1] if pictures else None))
    return pictures


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_nobody_moves_when_something_is_added(name: str, direction: str) -> None:
    pictures = grown(PROGRAMS[name](), ViewOptions(direction=direction))
    for before, after in pairwise(pictures):
        count, points = len(before.layout.position), len(before.layout.points)
        assert np.array_equal(after.layout.position[:count], before.layout.position)
        assert np.array_equal(after.layout.points[:points], before.layout.points)
        assert np.array_equal(after.sizes[:count], before.sizes)


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_added_overlaps_nothing_and_rarely_runs_through_anything(name: str) -> None:
    last = grown(PROGRAMS[name](), ViewOptions())[-1]
    found = quality(last.graph, last.layout.position, last.sizes, lines_of(last.layout))
    assert found.overlaps == 0
    assert found.through <= 0.2 * len(last.graph.source) + 2


def test_data_still_flows_forward() -> None:
    last = grown(recurrent(), ViewOptions())[-1]
    left = last.layout.position[:, 0]
    right = left + last.sizes[:, 0]
    assert (right[last.graph.source] < left[last.graph.target]).all()


def test_a_chain_grows_in_a_straight_line() -> None:
    last = grown(chain(), ViewOptions())[-1]
    assert np.ptp((last.layout.position + last.sizes / 2)[:, 1]) == 0


def test_other_options_lay_everything_out_afresh() -> None:
    recording = perceptron()
    picture = Picture(recording)
    down = Picture(recording, ViewOptions(direction="down"), picture)
    assert np.array_equal(down.layout.position, Picture(recording, ViewOptions(direction="down")).layout.position)


def test_an_edge_into_a_folded_group_that_goes_on_has_its_line() -> None:
    program = (
        "import torch\na = torch.ones(2, requires_grad=True)\nb = torch.ones(2, requires_grad=True)\n"
        "c = torch.ones(2, requires_grad=True)\ndef f(x):\n    y = x + 1\n    y = y * b\n    y = y * c\n    return y\n"
        "z = f(a)\nz = f(z)\n"
    )
    for picture in grown(run_program(program), ViewOptions(detail=0.2), by=1):
        assert len(picture.layout.start) == len(picture.graph.source) + 1
