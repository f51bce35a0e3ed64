"""Where cards stand and how lines run."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.visgrad.measure import DOT, by_dot, lines_of, overlaps, quality
from tests.visgrad.programs import (
    PROGRAMS,
    attention,
    chain,
    fan_out,
    grid,
    lesson,
    perceptron,
    random_program,
    recurrent,
    residual,
    scalars,
    square,
    training,
    tree,
)
from tests.visgrad.sketch import Sketch
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.recording.recording import Recording

Program = Callable[[], Recording]


def picture(program: Program, direction: str = "right") -> Picture:
    return Picture(program(), ViewOptions(direction=direction))


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_cards_never_overlap_and_lines_never_run_through_cards(name: str, direction: str) -> None:
    made = picture(PROGRAMS[name], direction)
    found = quality(made.graph, made.layout.position, made.sizes, lines_of(made.layout))
    assert found.overlaps == 0
    assert found.through == 0


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 40), st.integers(0, 10_000), st.integers(1, 20))
def test_cards_of_random_programs_never_overlap(operations: int, seed: int, near: int) -> None:
    made = picture(lambda: random_program(operations, seed, near))
    assert overlaps(made.layout.position, made.sizes) == 0


def test_the_same_program_is_laid_out_the_same() -> None:
    first, second = picture(attention), picture(attention)
    assert np.array_equal(first.layout.position, second.layout.position)
    assert np.array_equal(first.layout.points, second.layout.points)


@pytest.mark.parametrize(("direction", "axis"), [("right", 0), ("down", 1)])
def test_lines_leave_where_data_leaves_and_arrive_where_it_arrives(direction: str, axis: int) -> None:
    made = picture(attention, direction)
    layout, graph, sizes = made.layout, made.graph, made.sizes
    for edge, line in enumerate(lines_of(layout)):
        u, v = graph.source[edge], graph.target[edge]
        assert line[0][axis] == layout.position[u][axis] + sizes[u][axis]
        assert line[-1][axis] == layout.position[v][axis]
        assert line[-1][axis] - line[-2][axis] >= 8, "an arrow points the way data flows"
        assert (np.diff(line[:, axis]) >= 0).all()


@pytest.mark.parametrize("direction", ["right", "down"])
def test_a_chain_is_one_straight_line(direction: str) -> None:
    made = picture(chain, direction)
    across = 1 if direction == "right" else 0
    middle = made.layout.position + made.sizes / 2
    assert np.ptp(middle[:, across]) == 0
    assert all(len(line) == 2 for line in lines_of(made.layout))


@pytest.mark.parametrize("direction", ["right", "down"])
def test_the_way_to_the_loss_is_straight_even_beside_longer_ways(direction: str) -> None:
    def checked() -> Recording:
        s = Sketch()
        y = s.leaf("y", 0.5)
        for _ in range(6):
            y = s.op("scale", y, name="y", k=2.0)
            s.op("tanh", s.op("tanh", s.op("tanh", y, name="norm")), name="check")
        s.backward(s.op("mean", y, name="loss"))
        return s.recording()

    made = picture(checked, direction)
    spine = [row for row, card in enumerate(made.cards) if card.name in ("y", "loss")]
    assert len(spine) == 8
    assert np.ptp((made.layout.position + made.sizes / 2)[spine, 1 if direction == "right" else 0]) == 0


def test_both_edges_of_a_square_are_drawn_apart() -> None:
    made = picture(square)
    first, second = lines_of(made.layout)
    assert abs(first[-1][1] - second[-1][1]) >= 12


def test_arguments_stand_in_their_order() -> None:
    made = picture(tree)
    graph, middle = made.graph, made.layout.position + made.sizes / 2
    for target in set(graph.target.tolist()):
        heights = middle[graph.source[graph.target == target], 1]
        assert (np.diff(heights) > 0).all()


def test_a_leaf_stands_just_before_its_first_use() -> None:
    made = picture(lambda: perceptron(4, 5))
    graph, position = made.graph, made.layout.position
    leaves = np.flatnonzero(np.bincount(graph.target, minlength=graph.size) == 0)
    columns = sorted(set((position + made.sizes / 2)[:, 0].tolist()))
    middle = (position + made.sizes / 2)[:, 0].tolist()
    for leaf in leaves.tolist():
        user = graph.target[graph.source == leaf].min()
        assert columns.index(middle[user]) - columns.index(middle[leaf]) == 1


def test_cards_stand_on_a_grid() -> None:
    made = picture(lesson)
    assert (made.layout.position % 2 == 0).all()
    assert (made.sizes % 4 == 0).all()


def test_unconnected_cards_stand_in_rows() -> None:
    def tensors() -> Recording:
        s = Sketch()
        for index in range(12):
            s.constant(f"x{index}", np.zeros([2] * (index % 3)))
        return s.recording()

    position = picture(tensors).layout.position
    rows = sorted(set(position[:, 1].tolist()))
    assert 2 <= len(rows) <= 6
    assert position[0].tolist() == [0, 0]


def test_bounds_hold_everything() -> None:
    made = picture(recurrent)
    x, y, width, height = made.layout.bounds
    low, high = np.array([x, y]), np.array([x + width, y + height])
    for things in (made.layout.position, made.layout.position + made.sizes, made.layout.points):
        assert (things >= low).all()
        assert (things <= high).all()


COMPARED: dict[str, Program] = {
    "perceptron": perceptron,
    "deep perceptron": lambda: perceptron(4, 40),
    "recurrent": recurrent,
    "long recurrent": lambda: recurrent(16),
    "fan-out": lambda: fan_out(20),
    "residual": residual,
    "deep residual": lambda: residual(25),
    "scalars": scalars,
    "many scalars": lambda: scalars(3, 6),
    "attention": attention,
    "random": random_program,
    "wide random": lambda: random_program(120, 9, 30),
    "tree": tree,
    "grid": lambda: grid(11),
    "training": training,
    "chain": lambda: chain(100),
}


@pytest.mark.skipif(DOT is None, reason="Graphviz is not installed")
def test_lines_cross_as_rarely_and_are_as_short_as_in_graphviz_dot() -> None:
    crossings, lengths = [], []
    for program in COMPARED.values():
        made = picture(program)
        ours = quality(made.graph, made.layout.position, made.sizes, lines_of(made.layout))
        position, lines, _ = by_dot(made.graph, made.sizes)
        theirs = quality(made.graph, position, made.sizes, lines)
        crossings.append((ours.crossings + 1) / (theirs.crossings + 1))
        lengths.append(ours.length / theirs.length)
    assert max(lengths) <= 1.3
    assert max(crossings) <= 2.0, "one crossing more where dot has none"
    assert math.prod(crossings) ** (1 / len(crossings)) <= 1.0
