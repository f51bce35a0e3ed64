"""Pictures as SVG."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.visgrad.programs import PROGRAMS, in_place_and_view, lesson, random_program, recurrent, vector
from tests.visgrad.sketch import Sketch
from visgrad.export import to_svg
from visgrad.picture.display import State
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import theme
from visgrad.recording.recording import Recording

SVG = "{http://www.w3.org/2000/svg}"


def svg(recording: Recording, position: int | None = None, name: str = "light", ghosts: bool = False) -> str:
    picture = Picture(recording, ViewOptions(ghosts=ghosts))
    last = len(recording.stops)
    return to_svg(picture.display(last if position is None else position), theme(name), title=recording.name)


def texts(document: str) -> list[str]:
    return ["".join(element.itertext()) for element in ET.fromstring(document).iter(f"{SVG}text")]


@pytest.mark.parametrize("worn", ["light", "dark"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_picture_is_well_formed_and_small(name: str, worn: str) -> None:
    """Less than two kilobytes a node, three where every card carries two matrices in figures."""
    recording = PROGRAMS[name]()
    document = svg(recording, name=worn)
    root = ET.fromstring(document)
    cards = Picture(recording).display(len(recording.stops)).cards
    groups = [group for group in root.iter(f"{SVG}g") if group.get("id", "").startswith("n")]
    assert len(groups) == len(cards.node)
    figures = name in ("recurrent", "residual", "attention")
    assert len(document.encode()) < 1500 + (3500 if figures else 2048) * len(groups)


def test_text_is_text_and_tells_the_story() -> None:
    found = texts(svg(lesson()))
    for text in ("w", " = w**2", "PowBackward0", "40", "65", " = 10*y+25"):
        assert text in found


def test_the_size_is_that_of_the_picture_and_everything_is_inside() -> None:
    root = ET.fromstring(svg(vector()))
    x, y, width, height = map(float, root.attrib["viewBox"].split())
    assert (width, height) == (float(root.attrib["width"]), float(root.attrib["height"]))
    for group in root.iter(f"{SVG}g"):
        if "transform" in group.attrib:
            left, top = map(float, group.attrib["transform"][10:-1].split())
            assert x <= left <= x + width
            assert y <= top <= y + height


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30))
def test_any_name_makes_valid_xml(name: str) -> None:
    s = Sketch(name="program.py")
    x = s.leaf(name or "x", 1.0)
    s.op("tanh", x, name=name, call=f"tanh({name})")
    ET.fromstring(svg(s.recording()))


def test_the_same_picture_is_the_same_text() -> None:
    assert svg(in_place_and_view()) == svg(in_place_and_view())


def test_every_card_and_edge_can_be_found() -> None:
    root = ET.fromstring(svg(lesson()))
    ids = [name for element in root.iter() if (name := element.get("id"))]
    assert len(ids) == len(set(ids))
    assert {"n0", "n1", "n2", "n3", "e0-1-0", "e1-2-0", "e2-3-0", "g1-0-0", "g2-1-0", "g3-2-0"} <= set(ids)


def test_what_is_referred_to_is_there() -> None:
    document = svg(in_place_and_view())
    ids = {element.get("id") for element in ET.fromstring(document).iter()}
    assert set(re.findall(r'(?:url\(|href=")#([^)"]+)', document)) <= ids


def test_a_portal_links_to_the_leaf_it_stands_for() -> None:
    root = ET.fromstring(svg(recurrent(16)))
    links = {link.attrib["href"] for link in root.iter(f"{SVG}a")}
    ids = {group.get("id") for group in root.iter(f"{SVG}g")}
    assert links
    assert {link[1:] for link in links} <= ids


def test_a_thousand_nodes_take_little_room() -> None:
    """The text on cards is most of it; outlines, arrow heads and styles are shared."""
    recording = random_program(1000)
    document = to_svg(Picture(recording, ViewOptions(detail=1.0)).display(len(recording.stops)), theme("light"))
    assert len(document) < 700 * len(recording.operations)


def test_ghosts_are_faint_and_dashed() -> None:
    root = ET.fromstring(svg(lesson(), 1, ghosts=True))
    faint = [group.get("id") for group in root.iter(f"{SVG}g") if group.get("opacity")]
    assert set(faint) == {"n1", "n2", "n3", "e0-1-0", "e1-2-0", "e2-3-0"}


def test_the_active_card_has_a_halo() -> None:
    def outlines(position: int, card: str) -> int:
        root = ET.fromstring(svg(lesson(), position))
        group = next(group for group in root.iter(f"{SVG}g") if group.get("id") == card)
        drawn = next(use.attrib["href"][1:] for use in group.iter(f"{SVG}use"))
        outline = next(one for one in root.iter(f"{SVG}g") if one.get("id") == drawn)
        return len(list(outline.iter(f"{SVG}rect")))

    assert outlines(2, "n1") == outlines(3, "n1") + 1


def test_the_background_can_be_left_out() -> None:
    display = Picture(lesson()).display(8)
    worn = theme("light")
    assert f'fill="{worn["canvas"]}"' in to_svg(display, worn)
    assert f'fill="{worn["canvas"]}"' not in to_svg(display, worn, background=False)


def test_the_font_can_be_embedded() -> None:
    display = Picture(lesson()).display(8)
    document = to_svg(display, theme("light"), embed_font=True)
    ET.fromstring(document)
    assert document.count("@font-face") == 2


def test_the_contribution_that_flows_is_written_on_its_edge() -> None:
    recording = lesson()
    edges = Picture(recording).display(7).edges
    assert [label for label in edges.label if label] == ["10"]
    assert edges.state[[bool(label) for label in edges.label]].tolist() == [State.ACTIVE]
    assert texts(svg(recording, 7)).count("10") == 2, "on the edge and on the card it has reached"
