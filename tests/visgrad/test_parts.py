"""Parts of a picture."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from tests.visgrad.programs import attention, lesson
from visgrad.export import export
from visgrad.picture.draw import Picture
from visgrad.picture.parts import Part, only, within


def test_a_part_has_the_nodes_and_the_edges_between_them() -> None:
    picture, end = Picture(lesson()), len(lesson().stops)
    part = picture.still(end, partial(only, nodes={1, 2}))
    whole = picture.still(end)
    assert part.cards.node.tolist() == [1, 2]
    assert {(u, v) for u, v in zip(part.edges.source, part.edges.target, strict=True)} == {(1, 2), (2, 1)}
    assert part.bounds[2] < whole.bounds[2]
    assert part.content(0).texts == whole.content(1).texts


def test_a_rectangle_shows_what_it_touches() -> None:
    picture = Picture(attention())
    display = picture.still(len(picture.recording.stops))
    x, y, width, height = display.bounds
    assert len(within(display, display.bounds).cards.node) == len(display.cards.node)
    part = within(display, (x, y, width / 2, height))
    assert 0 < len(part.cards.node) < len(display.cards.node)
    assert (part.cards.rect[:, 0] <= x + width / 2).all()
    assert len(part.edges.start) == len(part.edges.role) + 1
    assert not len(within(display, (x - 500, y, 100, height)).cards.node)


def test_what_a_query_finds_is_exported_by_itself(tmp_path: Path) -> None:
    export(lesson(), tmp_path / "part.svg", select="PowBackward0", transparent=True)
    text = (tmp_path / "part.svg").read_text("utf-8")
    assert 'id="n1"' in text
    assert 'id="n2"' not in text
    with pytest.raises(ValueError, match="nothing is found by 'relu'"):
        export(lesson(), tmp_path / "part.svg", select="relu")
    with pytest.raises(ValueError, match=r"a transparent background can be had as \.svg, \.png, \.pdf, not as \.dot"):
        export(lesson(), tmp_path / "part.dot", transparent=True)


def test_a_part_of_the_graph_is_written_in_the_text_formats(tmp_path: Path) -> None:
    part = Part(frozenset({1, 2}))
    for suffix, there, absent in ((".dot", "n1 -> n2;", "n0"), (".mmd", "n1 --> n2", "n0")):
        export(lesson(), tmp_path / f"part{suffix}", part=part)
        text = (tmp_path / f"part{suffix}").read_text("utf-8")
        assert there in text
        assert absent not in text
    export(lesson(), tmp_path / "part.json", part=part)
    document = json.loads((tmp_path / "part.json").read_text("utf-8"))
    assert [operation["id"] for operation in document["operations"]] == [1, 2]
    assert {value["id"] for value in document["values"]} == {step["value"] for step in document["contributions"]}


def test_a_rectangle_of_the_picture_is_written_in_the_text_formats(tmp_path: Path) -> None:
    picture = Picture(lesson())
    first = picture.display(99).cards.rect[0].tolist()
    export(lesson(), tmp_path / "part.dot", part=Part(bounds=tuple(first)), picture=picture)
    text = (tmp_path / "part.dot").read_text("utf-8")
    assert "n0 [" in text
    assert "n3" not in text


def test_a_page_can_play_a_part(tmp_path: Path) -> None:
    export(lesson(), tmp_path / "part.html", part=Part(frozenset({1, 2})))
    text = (tmp_path / "part.html").read_text("utf-8")
    data = json.loads(text.partition('id="data">')[2].partition("</script>")[0])
    assert set(data["cards"]) == {"n1", "n2"}
    assert set(data["edges"]) == {"e1-2-0", "g2-1-0"}
