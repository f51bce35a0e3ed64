"""Where labels of edges stand."""

from __future__ import annotations

import numpy as np

from visgrad.picture.edge_labels import MIDDLE, along, label_shares

LEVEL = np.array([[0.0, 0.0], [200.0, 0.0]])


def shares(lines: list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]], cards: list[list[float]]) -> list[float]:
    start = np.cumsum([0, *map(len, lines)]).astype(np.int32)
    labels = ["×2"] * len(lines)
    found: list[float] = label_shares(labels, np.vstack(lines), start, np.array(cards).reshape(-1, 4)).tolist()
    return found


def test_a_label_stands_in_the_middle_of_its_line() -> None:
    assert shares([LEVEL], []) == [MIDDLE]
    assert along([(0, 0), (10, 0), (10, 90)], 0.5) == (10, 40)


def test_a_label_makes_way_for_a_card() -> None:
    (share,) = shares([LEVEL], [[90.0, -30.0, 20.0, 25.0]])
    assert abs(share * 200 - 100) > 19.9


def test_two_labels_never_lie_on_each_other_where_there_is_room() -> None:
    first, second = shares([LEVEL, LEVEL], [])
    assert abs(first - second) * 200 > 19.9


def test_without_any_room_a_label_stays_in_the_middle() -> None:
    assert shares([LEVEL], [[-100.0, -100.0, 400.0, 200.0]]) == [MIDDLE]


def test_a_line_without_a_label_needs_no_place() -> None:
    assert label_shares(["", ""], np.vstack([LEVEL, LEVEL]), np.array([0, 2, 4]), np.zeros((0, 4))).tolist() == [
        0.5,
        0.5,
    ]
