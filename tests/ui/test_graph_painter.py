"""What is painted: shapes, states, colours and figures, at every level of detail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.ui.displays import HEIGHT, WIDTH, edges_of, grid_display, lesson_display
from ui.colours import colour, colours, faded, mix, parse
from ui.fonts import code_font, load_fonts
from ui.graph.cache import CardCache, CardKey, blank_pixmap
from ui.graph.cards import Look
from ui.graph.edges import EdgeGeometry, arrow_head, rounded_path
from ui.graph.heatmap import heatmap_image
from ui.graph.painter import DisplayPainter
from ui.graph.shapes import outline
from ui.graph.viewport import Detail, Emphasis, Viewport, detail_for
from visgrad.picture.display import ADVANCE, Cards, Display, Image, Shape, State
from visgrad.picture.edge_labels import along
from visgrad.picture.roles import role, theme

LIGHT = theme("light")


@pytest.fixture(autouse=True)
def application(qtbot: QtBot) -> None:
    """Painting needs an application."""


def painted(
    display: Display, scale: float = 1.0, cache: CardCache | None = None, emphasis: Emphasis | None = None
) -> QImage:
    x, y, width, height = display.bounds
    margin = 14.0
    image = QImage(int((width + 2 * margin) * scale), int((height + 2 * margin) * scale), QImage.Format.Format_ARGB32)
    image.fill(colour(LIGHT, "canvas"))
    scene = DisplayPainter(display, LIGHT, cache)
    scene.emphasis = emphasis or Emphasis()
    viewport = Viewport(scale, (margin - x) * scale, (margin - y) * scale)
    with QPainter(image) as painter:
        scene.paint(painter, viewport, QRectF(x - margin, y - margin, width + 2 * margin, height + 2 * margin))
    return image


def one_card(shape: Shape = Shape.ROUNDED, state: int = 0) -> Display:
    cards = Cards(
        np.array([[0.0, 0.0, WIDTH, HEIGHT]]),
        np.array([shape], dtype=np.uint8),
        np.array([role("leaf_fill")], dtype=np.uint8),
        np.array([role("leaf")], dtype=np.uint8),
        np.array([role("leaf")], dtype=np.uint8),
        np.array([state], dtype=np.uint8),
        np.array([7], dtype=np.int32),
        ("w",),
    )
    return Display((0, 0, WIDTH, HEIGHT), cards, edges_of([], []))


def inked(image: QImage) -> int:
    """How many pixels are not the canvas."""
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32)
    return int((pixels != colour(LIGHT, "canvas").rgba()).sum())


def test_every_shape_has_an_outline_of_its_own() -> None:
    pictures = [painted(one_card(shape)) for shape in Shape if shape != Shape.SMALL]
    for index, first in enumerate(pictures):
        assert all(first != other for other in pictures[:index])


def test_every_state_can_be_told_from_a_quiet_card() -> None:
    quiet = painted(one_card())
    pictures = [painted(one_card(state=state)) for state in State if state]
    assert all(picture != quiet for picture in pictures)
    for index, first in enumerate(pictures):
        assert all(first != other for other in pictures[:index])


def test_a_card_is_filled_in_its_role_and_a_failed_one_in_the_errors() -> None:
    at = (int(WIDTH / 2) + 14, int(HEIGHT / 2) + 14)
    assert painted(one_card()).pixelColor(*at) == colour(LIGHT, "leaf_fill")
    assert painted(one_card(state=State.ERROR)).pixelColor(*at) == colour(LIGHT, "error_field")


def test_what_happens_at_this_step_is_ringed_in_the_accent_and_in_warm_where_a_gradient_arrives() -> None:
    at = (int(WIDTH / 2) + 14, 14)
    assert painted(one_card(state=State.ACTIVE)).pixelColor(*at).name() == LIGHT["card_active"]
    assert painted(one_card(state=State.ACTIVE | State.VISITED)).pixelColor(*at).name() == LIGHT["gradient"]


def test_gradient_edges_are_warm_and_dashed_where_data_edges_are_neutral_and_solid() -> None:
    line = np.array([[0.0, 20.0], [200.0, 20.0]])
    cards = replace(one_card().cards, rect=np.array([[0.0, 60.0, 10.0, 10.0]]))

    def row(kind: str, dashed: int) -> list[str]:
        display = Display((0, 0, 200, 80), cards, edges_of([line], [(kind, 2.0, dashed, 7, 7)]))
        image = painted(display)
        return [image.pixelColor(x + 14, 34).name() for x in range(20, 180)]

    data, gradient = row("edge", 0), row("gradient_edge", 1)
    assert set(data) == {LIGHT["edge"]}
    assert LIGHT["gradient_edge"] in gradient
    assert LIGHT["canvas"] in gradient


def test_the_arrow_head_stands_at_the_last_point() -> None:
    line = [[0.0, 0.0], [50.0, 0.0], [50.0, 40.0]]
    tip = arrow_head(line, 1.5).first()
    assert (tip.x(), tip.y()) == (50.0, 40.0)
    end = rounded_path(line).currentPosition()
    assert end.x() == 50.0
    assert 30.0 < end.y() < 40.0
    assert along(line, 0.5) == (45.0, 0.0)


def test_bends_are_rounded_within_the_line() -> None:
    box = rounded_path([[0.0, 0.0], [50.0, 0.0], [50.0, 40.0]]).boundingRect()
    assert (box.left(), box.top(), box.right()) == (0.0, 0.0, 50.0)


def test_pointing_at_a_node_lights_its_edges_up_and_rings_its_card() -> None:
    display = lesson_display(gradient=False)
    quiet = painted(display)
    hovered = painted(display, emphasis=Emphasis(hovered=1))
    selected = painted(display, emphasis=Emphasis(selected=1))
    at = (int(WIDTH + 20) + 14, int(HEIGHT / 2) + 14)
    assert quiet.pixelColor(*at).saturation() < 60
    assert hovered.pixelColor(*at).name() == LIGHT["edge_active"]
    assert hovered != selected


def test_detail_grows_as_one_comes_near() -> None:
    assert [detail_for(scale) for scale in (0.05, 0.3, 1.0)] == [Detail.FAR, Detail.MIDDLE, Detail.NEAR]
    for scale in (0.05, 0.3, 1.0):
        assert inked(painted(lesson_display(), scale)) > 20
        assert inked(painted(lesson_display(), scale, CardCache())) > 20


def test_cards_from_the_cache_are_those_that_are_painted_as_vectors() -> None:
    display = one_card(Shape.DOUBLE)
    vectors, pixmaps = painted(display), painted(display, cache=CardCache())
    first = np.frombuffer(vectors.constBits(), np.uint8).astype(int)
    second = np.frombuffer(pixmaps.constBits(), np.uint8).astype(int)
    assert np.abs(first - second).max() <= 3


def test_a_large_graph_is_painted_from_afar_without_losing_a_column() -> None:
    display = grid_display(3000)
    image = painted(display, 0.05)
    columns = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    for x in np.unique(display.cards.rect[:, 0]).tolist():
        pixel = int((x + WIDTH / 2 + 14) * 0.05)
        assert (columns[:, pixel] != colour(LIGHT, "canvas").rgba()).any()


def test_only_what_shows_is_painted() -> None:
    scene = DisplayPainter(grid_display(900), LIGHT)
    part = QRectF(0, 0, 500, 300)
    cards = scene.cards.within(part)
    assert 0 < len(cards) < 30
    edges = scene.edges.within(part)
    assert 0 < len(edges) < 300
    assert len(scene.cards.within(QRectF(-9000, -9000, 10, 10))) == 0


def test_an_edge_that_only_its_bounding_box_brings_into_view_is_left_out() -> None:
    line = np.array([[0.0, 0.0], [0.0, 1000.0], [1000.0, 1000.0]])
    display = replace(one_card(), edges=edges_of([line], [("edge", 1.5, 0, 7, 7)]))
    scene = DisplayPainter(display, LIGHT)
    assert scene.edges.within(QRectF(400, 400, 50, 50)).tolist() == []
    assert scene.edges.within(QRectF(-20, 400, 50, 50)).tolist() == [0]


def test_edges_are_grouped_by_how_they_look_without_losing_one() -> None:
    geometry = EdgeGeometry(lesson_display(active=2).edges)
    groups = geometry.styles()
    assert sorted(np.concatenate([members for _, members in groups]).tolist()) == [0, 1, 2, 3, 4, 5]
    assert groups[-1][0].state == State.ACTIVE


def test_a_heat_map_runs_from_low_over_zero_to_high_and_shows_what_is_no_number() -> None:
    values = np.array([[-2.0, 0.0, 2.0], [np.nan, np.inf, -np.inf]], dtype=np.float32)
    picture = heatmap_image(Image(0, 0, 30, 20, values, 2.0), colours(LIGHT))
    names = [[picture.pixelColor(x, y).name() for x in range(3)] for y in range(2)]
    assert names[0] == [LIGHT["value_low"], LIGHT["value_zero"], LIGHT["value_high"]]
    assert names[1] == [LIGHT["nan"], LIGHT["value_high"], LIGHT["value_low"]]


def test_card_text_is_as_wide_as_pictures_expect() -> None:
    from PySide6.QtGui import QFontMetricsF

    assert load_fonts() == "JetBrains Mono"
    for size in (9, 11, 13):
        width = QFontMetricsF(code_font(size)).horizontalAdvance("x->y != 10")
        assert width == pytest.approx(10 * ADVANCE * size, abs=0.2)


def test_the_cache_forgets_what_was_not_used_for_longest() -> None:
    look = Look(100.0, 50.0, 0, 0, 0, 0, 0)
    cache = CardCache(limit=3 * 140 * 90 * 4)
    keys = [CardKey((number,)) for number in range(4)]
    for key in keys[:3]:
        cache.put(key, 1.0, blank_pixmap(look, 1.0))
    assert cache.get(keys[0], 1.0) is not None
    for key in (keys[3], CardKey(("more",)), CardKey(("still more",))):
        cache.put(key, 1.0, blank_pixmap(look, 1.0))
    assert cache.get(keys[1], 1.0) is None
    assert cache.nearest(keys[1]) is None
    assert cache.nearest(CardKey(("still more",))) is not None


def test_outlines_stay_within_the_cards_margin() -> None:
    for shape in Shape:
        box = outline(shape, WIDTH, HEIGHT).boundingRect()
        assert box.left() >= 0
        assert box.right() <= WIDTH
        assert -10 <= box.top() <= 0
        assert box.bottom() <= HEIGHT


def test_a_colour_that_somebody_changes_is_theirs_alone() -> None:
    colour(LIGHT, "accent").setAlpha(3)
    assert colour(LIGHT, "accent").alpha() == 255


def test_colours_with_opacity_are_read_as_the_themes_write_them() -> None:
    assert parse("#1c203014").alpha() == 0x14
    assert parse("#1c203014").red() == 0x1C
    assert faded(parse("#ffffff"), 0.5).alpha() in (127, 128)
    assert mix(parse("#000000"), parse("#ffffff"), 0.0).name() == "#000000"
