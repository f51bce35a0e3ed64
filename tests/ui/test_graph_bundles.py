"""Lines of a crowd: what lies on one track of pixels is drawn once, and nothing that shows is left out."""

from __future__ import annotations

import numpy as np

from ui.graph.bundles import bundled, clipped


def lines(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def test_pieces_that_overlap_on_one_track_become_one_line() -> None:
    straight, slanting = bundled(lines((5, 0, 5, 40), (5, 90, 5, 30), (5, 10, 5, 20)), 1.0)
    assert straight.tolist() == [[5, 0, 5, 90]]
    assert not len(slanting)


def test_gaps_and_other_tracks_stay() -> None:
    straight, _ = bundled(lines((0, 5, 10, 5), (20, 5, 30, 5), (0, 9, 30, 9)), 1.0)
    assert sorted(straight.tolist()) == [[0, 5, 10, 5], [0, 9, 30, 9], [20, 5, 30, 5]]


def test_lines_that_slant_are_kept_as_they_are() -> None:
    slope = lines((0, 0, 10, 5))
    straight, slanting = bundled(np.concatenate([slope, lines((0, 0, 0, 9))]), 1.0)
    assert slanting.tolist() == slope.tolist()
    assert len(straight) == 1


def test_every_pixel_that_was_covered_is_still_covered() -> None:
    generator = np.random.default_rng(3)
    x, y = generator.integers(0, 40, 300), generator.integers(0, 80, (300, 2))
    upright = np.stack([x, y[:, 0], x, y[:, 1]], axis=1).astype(np.float64)
    straight, _ = bundled(upright, 1.0)

    def covered(rows: np.ndarray) -> set[tuple[int, int]]:
        return {(int(a), at) for a, low, _, high in rows.tolist() for at in range(*sorted((int(low), int(high))))}

    assert covered(straight) == covered(upright)
    assert len(straight) < 120


def test_lines_are_cut_to_what_shows_without_moving_their_dashes() -> None:
    level = clipped(lines((0, 5, 1000, 5), (3, 0, 3, 40), (200, 7, 260, 7)), (100, 0), (300, 50), 8.0)
    assert level.tolist() == [[96, 5, 300, 5], [200, 7, 260, 7]]


def test_lines_that_slant_are_cut_along_their_way() -> None:
    cut = clipped(lines((0, 0, 300, 400), (300, 400, 0, 0), (0, 90, 10, 100)), (60, 0), (150, 200), 20.0)
    assert np.allclose(cut, [[60, 80, 150, 200], [156, 208, 60, 80]])  # the second begins a part of a dash before
