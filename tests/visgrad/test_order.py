"""In which order nodes stand: counting crossings, and making them few."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from visgrad.picture.order import crossings, reduce_crossings, starting_order
from visgrad.picture.ranks import Layers, cross_layers
from visgrad.picture.sift import Sifter


def layered(seed: int, depth: int, width: int, edges: int) -> Layers:
    """Cards in layers, and edges from lower to higher layers, long ones among them."""
    random = np.random.default_rng(seed)
    rank = np.sort(random.integers(0, depth, depth * width))
    ends = np.sort(random.integers(0, len(rank), (edges, 2)), axis=1)
    source, target = ends[rank[ends[:, 0]] < rank[ends[:, 1]]].T
    zeros = np.zeros(len(source))
    return cross_layers(rank, source, np.zeros(len(source), np.int32), target, zeros, zeros, 10_000)


def counted(layers: Layers, rows: list[list[int]]) -> list[int]:
    """How many edges cross between each layer and the next, pair by pair."""
    place = {node: at for row in rows for at, node in enumerate(row)}
    total = [0] * len(rows)
    segments = list(zip(layers.upper.tolist(), layers.lower.tolist(), layers.lines.tolist(), strict=True))
    for one, (a, b, some) in enumerate(segments):
        for c, d, others in segments[:one]:
            if layers.rank[a] == layers.rank[c] and (place[a] - place[c]) * (place[b] - place[d]) < 0:
                total[layers.rank[a]] += int(some * others)
    return total


def places(layers: Layers, rows: list[list[int]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    place = np.zeros(layers.size)
    for row in rows:
        place[row] = np.arange(len(row))
    return place


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(1, 6), st.integers(1, 40))
def test_crossings_are_counted_as_pair_by_pair(seed: int, depth: int, width: int, edges: int) -> None:
    layers = layered(seed, depth, width, edges)
    rows = starting_order(layers)
    offsets = np.zeros(len(layers.upper))
    assert crossings(layers, places(layers, rows), offsets, offsets).tolist() == counted(layers, rows)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 8), st.integers(1, 8), st.integers(1, 80))
def test_moving_single_nodes_never_adds_crossings(seed: int, depth: int, width: int, edges: int) -> None:
    layers = layered(seed, depth, width, edges)
    rows, offsets = starting_order(layers), np.zeros(len(layers.upper))
    place = places(layers, rows)
    moved = Sifter(layers, rows, offsets, offsets).sifted(rows, place)
    assert [sorted(row) for row in moved] == [sorted(row) for row in rows]
    assert np.array_equal(place, places(layers, moved))
    assert sum(counted(layers, moved)) <= sum(counted(layers, rows))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 8), st.integers(1, 8), st.integers(1, 80))
def test_the_order_found_is_no_worse_than_the_first(seed: int, depth: int, width: int, edges: int) -> None:
    layers = layered(seed, depth, width, edges)
    rows = starting_order(layers)
    found = reduce_crossings(layers, np.full(layers.size, 4.0), rows, 8)
    assert [sorted(row) for row in found] == [sorted(row) for row in rows]
    assert sum(counted(layers, found)) <= sum(counted(layers, rows))


def test_two_nodes_that_stand_the_wrong_way_round_change_places() -> None:
    rank, zeros = np.array([0, 0, 1, 1]), np.zeros(2)
    layers = cross_layers(rank, np.array([0, 1]), np.zeros(2, np.int32), np.array([3, 2]), zeros, zeros, 100)
    found = reduce_crossings(layers, np.full(4, 4.0), [[0, 1], [2, 3]], 8)
    assert sum(counted(layers, found)) == 0
