"""Structures that are repeated without a loop in the program's text."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from visgrad.picture.draw import Picture
from visgrad.picture.fold import folds_of
from visgrad.picture.groups import PASS, REPEAT
from visgrad.picture.options import ViewOptions
from visgrad.picture.repeats import repeats
from visgrad.worker.client import run_program

WRITTEN_OUT = "import torch\nx = torch.ones(3, requires_grad=True)\ny = x\n" + "y = torch.tanh(y * 0.5 + x)\n" * 8


def found(text: str) -> list[tuple[int, int, int]]:
    return repeats(np.array([ord(letter) for letter in text], np.int32))


def test_what_repeats_itself_is_found_with_its_shortest_structure() -> None:
    assert found("abcabcabc") == [(0, 3, 3)]
    assert found("xxabababyy") == [(2, 2, 3)]
    assert found("aaaaaaaa") == [(0, 1, 8)]
    assert found("abcdefgh") == []
    assert found("abab") == [], "twice is a coincidence"
    assert found("abcabcabczddddddd") == [(0, 3, 3), (10, 1, 7)]


@given(st.text("abc", max_size=60))
def test_every_repeat_is_one_and_none_overlap(text: str) -> None:
    end = 0
    for begin, period, times in found(text):
        assert begin >= end
        end = begin + period * times
        assert text[begin:end] == text[begin : begin + period] * times


def test_layers_that_are_written_out_fold_into_one_card() -> None:
    recording = run_program(WRITTEN_OUT)
    folds = folds_of(recording)
    (whole,) = [number for number, group in enumerate(folds.groups) if group.kind == REPEAT]
    passes = [folds.groups[child] for child in folds.groups[whole].children]
    assert folds.groups[whole].title == "mul · add · tanh"
    assert [one.kind for one in passes] == [PASS] * 8
    assert sum(one.operations for one in passes) == folds.groups[whole].operations == 24
    shown = Picture(recording, ViewOptions(folded=(whole,)))
    assert (-1 - whole) in shown.graph.nodes.tolist()
    assert shown.graph.size == 2
    display = shown.display(len(recording.stops))
    texts = [text.text for card in range(2) for text in display.content(card).texts]
    assert "repeated × 8" in texts


def test_more_detail_never_shows_fewer_cards() -> None:
    recording = run_program(WRITTEN_OUT)
    sizes = [Picture(recording, ViewOptions(detail=step / 10)).graph.size for step in range(11)]
    assert sizes == sorted(sizes)
    assert sizes[0] <= 5
    assert sizes[-1] >= len(recording.operations)


def test_a_run_that_is_not_over_is_left_as_it_is() -> None:
    recording = run_program(WRITTEN_OUT)
    recording.outcome = None
    assert all(group.kind != REPEAT for group in folds_of(recording).groups)
