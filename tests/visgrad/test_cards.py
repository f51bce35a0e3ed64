"""What stands on cards, and how large they are."""

from __future__ import annotations

import numpy as np
import pytest

from tests.visgrad.programs import PROGRAMS, fan_out, in_place_and_view, lesson, perceptron, vector
from tests.visgrad.sketch import Sketch
from visgrad.explain.texts import table
from visgrad.picture.areas import Form, area
from visgrad.picture.cards import brief
from visgrad.picture.display import ADVANCE, Align, Content, Display, Shape, State
from visgrad.picture.draw import Picture
from visgrad.picture.faces import GRADIENT, GROUP, SOURCES
from visgrad.picture.groups import CALL, FUNCTION, LOOP, MODULE
from visgrad.picture.heat import dark_ink, levels, palette, short_number
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import INDEX, Theme, theme, theme_names
from visgrad.picture.text import columns, elide, elide_middle, one_line
from visgrad.recording.model import Outcome
from visgrad.recording.recording import Recording
from visgrad.worker.client import run_program


def written(content: Content) -> list[str]:
    return [text.text for text in content.texts if text.text]


def card_of(recording: Recording, title: str, position: int | None = None) -> Content:
    display = Picture(recording).display(len(recording.stops) if position is None else position)
    return display.content(display.cards.title.index(title))


def test_a_card_shows_name_call_backward_name_type_value_and_gradient() -> None:
    assert written(card_of(lesson(), "y")) == ["y", " = w**2", "PowBackward0", "float32", "4", "grad", "10"]


def test_the_gradient_appears_when_it_has_flowed() -> None:
    recording = lesson()
    assert written(card_of(recording, "w", 7))[-1] == "grad –"
    assert written(card_of(recording, "w"))[-2:] == ["grad", "40"]


def test_a_leaf_with_a_name_says_what_it_is_instead_of_how_it_was_made() -> None:
    assert written(card_of(lesson(), "w"))[:2] == ["w", "leaf"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_cards_keep_place_and_size_while_a_program_is_played(name: str) -> None:
    recording = PROGRAMS[name]()
    picture = Picture(recording)
    last = picture.display(len(recording.stops)).cards
    where = {(node, tuple(rect)) for node, rect in zip(last.node.tolist(), last.rect.tolist(), strict=True)}
    for position in range(0, len(recording.stops), max(1, len(recording.stops) // 7)):
        cards = picture.display(position).cards
        columns = zip(cards.node.tolist(), cards.rect.tolist(), strict=True)
        assert all((node, tuple(rect)) in where for node, rect in columns)


@pytest.mark.parametrize("name", PROGRAMS)
def test_everything_on_a_card_stays_inside_it(name: str) -> None:
    recording = PROGRAMS[name]()
    display = Picture(recording).display(len(recording.stops))
    for index, (_, _, across, down) in enumerate(display.cards.rect.tolist()):
        content = display.content(index)
        for text in content.texts:
            room = columns(text.text) * ADVANCE * text.size
            left = text.x - room * int(text.align) / 2 if text.align is not Align.LEFT else text.x
            assert left >= 6, text
            assert left + room <= across - 6, text
            assert text.size <= text.y <= down - 4, text
        boxes = [(i.x, i.y, i.width, i.height) for i in content.images]
        boxes += [(b.x, b.y, b.width, b.height) for b in content.bars]
        for x, y, width, height in boxes:
            assert x >= 6
            assert x + width <= across - 6
            assert y + height <= down - 4


def test_texts_on_a_card_do_not_cover_each_other() -> None:
    recording = perceptron()
    display = Picture(recording).display(len(recording.stops))
    for index in range(len(display.cards.rect)):
        boxes = []
        for text in display.content(index).texts:
            room = columns(text.text) * ADVANCE * text.size
            left = text.x - room * int(text.align) / 2 if text.align is not Align.LEFT else text.x
            boxes.append((left, text.y - 0.7 * text.size, left + room, text.y))
        boxes += [(i.x, i.y, i.x + i.width, i.y + i.height) for i in display.content(index).images]
        for n, a in enumerate(boxes):
            for b in boxes[n + 1 :]:
                assert a[2] <= b[0] + 0.01 or b[2] <= a[0] + 0.01 or a[3] <= b[1] or b[3] <= a[1]


def test_equal_keys_mean_equal_pictures() -> None:
    recording = fan_out()
    picture = Picture(recording)
    seen: dict[tuple[object, ...], tuple[object, ...]] = {}
    for position in range(len(recording.stops) + 1):
        display = picture.display(position)
        for index in range(len(display.cards.rect)):
            content = display.content(index)
            hash(content.key)
            shown = (content.texts, content.bars, [image.values.tolist() for image in content.images])
            assert seen.setdefault(content.key, shown) == shown


def test_a_card_whose_gradient_grows_gets_another_key() -> None:
    recording = fan_out()
    picture = Picture(recording)
    keys = {picture.display(p).content(0).key for p in range(len(recording.stops) + 1) if p}
    contributions = len(recording.contributions[0])
    assert len(keys) == contributions + 1


def test_kinds_of_tensors_differ_in_outline_and_colour() -> None:
    recording = in_place_and_view()
    cards = Picture(recording).display(len(recording.stops)).cards
    found = {title: Shape(shape) for title, shape in zip(cards.title, cards.shape.tolist(), strict=True)}
    assert found["x"] is Shape.PILL
    assert found["k"] is Shape.SQUARE
    assert found["half"] is Shape.DASHED
    assert found["flat"] is Shape.TAB
    assert found["add"] is Shape.CUT
    assert found["평균"] is Shape.ROUNDED
    assert cards.fill[cards.title.index("평균")] == INDEX["output_fill"]
    parameter = Picture(perceptron()).display(9).cards
    assert parameter.shape[parameter.title.index("W1")] == Shape.DOUBLE


def test_small_tensors_are_written_out_and_larger_ones_painted() -> None:
    assert area(()).form is Form.FIGURE
    assert area((2,)).form is Form.CELLS
    assert area((4, 4)).form is Form.CELLS
    assert area((5, 2)).form is Form.HEAT
    assert area((64, 3, 28, 28)).form is Form.HEAT
    assert area((0, 3)).form is Form.NOTHING
    image = card_of(vector(), "Q").images[0]
    assert image.figures
    assert image.values.tolist() == [[-12.0, 65.0]]


def test_ghosts_are_shown_when_asked_for() -> None:
    recording = lesson()
    assert len(Picture(recording).display(1).cards.rect) == 1
    cards = Picture(recording, ViewOptions(ghosts=True)).display(1).cards
    assert [bool(state & State.FUTURE) for state in cards.state.tolist()] == [False, True, True, True]


def test_values_and_gradients_can_be_left_out() -> None:
    plain = Picture(lesson(), ViewOptions(values=False, gradients=False))
    full = Picture(lesson())
    assert written(plain.display(8).content(0)) == ["w", "leaf", "float32"]
    assert (plain.sizes[:, 1] < full.sizes[:, 1]).all()


def active(display: Display) -> tuple[list[str], list[tuple[int, int]]]:
    cards, edges = display.cards, display.edges
    titles = [t for t, state in zip(cards.title, cards.state.tolist(), strict=True) if state & State.ACTIVE]
    chosen = np.flatnonzero(edges.state & State.ACTIVE)
    return titles, [(int(edges.source[k]), int(edges.target[k])) for k in chosen]


def test_the_step_that_is_happening_is_active() -> None:
    picture = Picture(lesson())
    assert active(picture.display(2)) == (["y"], [(0, 1)])
    assert active(picture.display(5)) == (["z"], [])
    assert active(picture.display(8)) == (["w"], [(1, 0)]), "the gradient flows from y back to w"


def test_gradient_edges_run_beside_the_data_against_its_direction() -> None:
    edges = Picture(lesson()).display(8).edges
    gradient = np.flatnonzero(edges.role == INDEX["gradient_edge"])
    assert len(gradient) == 3
    assert edges.dashed[gradient].all()
    line = edges.points[edges.start[gradient[-1]] : edges.start[gradient[-1] + 1]]
    assert line[0][0] > line[-1][0]
    data = edges.points[edges.start[0] : edges.start[1]]
    assert 4 <= abs(line[0][1] - data[0][1]) <= 12


def test_cards_are_visited_while_a_sweep_runs_and_no_longer_when_it_is_over() -> None:
    picture = Picture(lesson())
    visited = [(picture.display(p).cards.state & State.VISITED > 0).sum() for p in range(9)]
    assert visited == [0, 0, 0, 0, 0, 1, 2, 3, 0]


def test_a_value_that_is_not_a_number_marks_its_card() -> None:
    s = Sketch()
    x = s.leaf("x", 0.0)
    s.op("scale", x, name="y", k=float("nan"))
    recording = s.recording()
    cards = Picture(recording).display(2).cards
    assert [bool(state & State.MARKED) for state in cards.state.tolist()] == [False, True]


def test_an_error_marks_the_operation_to_blame() -> None:
    recording = PROGRAMS["broken"]()
    cards = Picture(recording).display(len(recording.stops)).cards
    assert [bool(state & State.ERROR) for state in cards.state.tolist()] == [False, False, True]


def test_nothing_is_drawn_of_an_empty_recording() -> None:
    display = Picture(Recording()).display(0)
    assert len(display.cards.rect) == len(display.edges.role) == 0


def test_korean_characters_take_two_columns() -> None:
    assert columns("평균") == 4
    assert elide("평균값입니다", 7) == "평균값…"
    assert columns(elide_middle("torch.nn.functional.cross_entropy(평균, 값)", 20)) <= 20


def test_long_calls_keep_their_beginning_and_their_end() -> None:
    short = elide_middle("torch.nn.functional.cross_entropy(logits, target)", 20)
    assert short.startswith("torch.nn.fun")
    assert short.endswith("arget)")
    assert one_line("a +\n   b\x07") == "a + b"


@pytest.mark.parametrize(
    ("value", "room", "text"),
    [
        (0.5, 5, "0.5"),
        (1234.5, 5, "1234"),
        (-0.123456, 5, "-0.12"),
        (-0.00021, 6, "-2e-4"),
        (1e-9, 5, "1e-9"),
        (float("nan"), 3, "nan"),
    ],
)
def test_a_figure_is_written_in_the_room_there_is(value: float, room: int, text: str) -> None:
    assert short_number(value, room) == text


def test_numbers_in_cells_fit_their_room() -> None:
    for number in (-12.0, 0.0001234, -0.00012345, 123456.0, -1.2345e-20, float("-inf"), float("nan")):
        assert len(short_number(number, 6)) <= 6
        assert "…" not in short_number(number, 6)


def test_zero_is_neutral_in_heat_maps_and_nan_stands_apart() -> None:
    s = Sketch()
    x = s.leaf("x", np.linspace(-1, 1, 25).reshape(5, 5))
    assert x == 0
    image = Picture(s.recording()).display(1).content(0).images[0]
    shades = palette(theme("light"), False)
    picked = levels(image)
    assert shades[picked[0, 0]].tolist() == shades[0].tolist()
    assert "#" + bytes(shades[picked[2, 2]].tolist()).hex() == theme("light")["value_zero"]
    assert "#" + bytes(shades[-1].tolist()).hex() == theme("light")["nan"]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(worn: Theme, ink: str, ground: str) -> float:
    a, b = sorted((luminance(worn[ink]), luminance(worn[ground])))
    return (b + 0.05) / (a + 0.05)


FILLS = ("card", "leaf_fill", "parameter_fill", "constant_fill", "output_fill", "no_grad_fill", "group_fill", "canvas")


@pytest.mark.parametrize("name", list(theme_names()))
def test_texts_are_legible_on_all_cards(name: str) -> None:
    """WCAG 2 AA: 4.5 for texts; 3 for lines and for texts that may be overlooked."""
    worn = theme(name)
    for fill in FILLS:
        assert contrast(worn, "text", fill) >= 7
        assert contrast(worn, "text_dim", fill) >= 4.5
        assert contrast(worn, "text_faint", fill) >= 3
    assert contrast(worn, "gradient", "gradient_fill") >= 4.5
    assert contrast(worn, "error", "error_field") >= 4.5
    for line in ("leaf", "parameter", "constant", "output", "view", "in_place", "order1", "order2", "edge_active"):
        assert contrast(worn, line, "canvas") >= 3, line
    assert contrast(worn, "gradient_edge", "canvas") >= 2.9
    assert contrast(worn, "edge", "canvas") >= 2.4


@pytest.mark.parametrize("name", list(theme_names()))
def test_figures_in_cells_are_legible_on_every_shade(name: str) -> None:
    worn = theme(name)
    for gradient in (False, True):
        shades = palette(worn, gradient)
        for shade, dark in zip(shades.tolist(), dark_ink(shades).tolist(), strict=True):
            ground = luminance("#" + bytes(shade).hex())
            ink = luminance("#1c2030" if dark else "#ffffff")
            low, high = sorted((ground, ink))
            assert (high + 0.05) / (low + 0.05) >= 3.0


def test_what_a_failed_call_was_given_is_marked() -> None:
    recording = run_program("import torch\na = torch.ones(2, 3)\nb = torch.ones(2, 3)\nc = a + 1\na @ b\n")
    cards = Picture(recording).display(len(recording.stops)).cards
    assert [bool(state & State.ERROR) for state in cards.state.tolist()] == [True, True, False]


def test_what_is_written_in_place_keeps_its_name() -> None:
    recording = run_program("import torch\na = torch.ones(2)\na.mul_(2)\n")
    display = Picture(recording).display(len(recording.stops))
    assert [text.text for text in display.content(1).texts[:2]] == ["a", ".mul_(2)"]


def test_a_picture_of_an_early_step_is_no_larger_than_what_is_on_it() -> None:
    picture = Picture(perceptron())
    end = len(picture.recording.stops)
    early, whole = picture.still(2).bounds, picture.still(end).bounds
    assert early[2] * early[3] < 0.5 * whole[2] * whole[3]
    assert whole == picture.display(end).bounds
    assert picture.still(0).bounds == picture.display(0).bounds


def test_a_gradient_that_is_read_is_a_card_of_its_own_beside_its_leaf() -> None:
    recording = run_program(
        "import torch\nw = torch.tensor(2.0, requires_grad=True)\n(w * w).backward()\n"
        "with torch.no_grad():\n    w -= 0.1 * w.grad\n"
    )
    display = Picture(recording).display(len(recording.stops))
    texts = [[text.text for text in display.content(node).texts] for node in range(len(recording.operations))]
    (grad,) = [operation.id for operation in recording.operations if operation.op == "grad"]
    assert texts[grad][:2] == ["w.grad", "gradient"]
    assert texts[-1][:2] == ["w", " -= 0.1 * w.grad"]


def test_words_on_cards_are_in_the_language_that_is_asked_for() -> None:
    display = Picture(perceptron(), ViewOptions(language="ko")).display(9)
    written = {text.text for card in range(len(display.cards.node)) for text in display.content(card).texts}
    assert "매개변수" in written
    assert "parameter" not in written


def test_every_word_of_a_card_is_there_in_every_language() -> None:
    words = {kind for kind in (one.kind for one in (*SOURCES.values(), GRADIENT, GROUP)) if kind}
    for language in ("en", "ko"):
        assert {f"card.{word}" for word in (*words, "in place", "view", LOOP, FUNCTION, MODULE, CALL)} <= table(
            language
        ).keys()


def test_a_gradient_that_never_comes_takes_one_line() -> None:
    def height(used: bool) -> float:
        s = Sketch()
        x = s.leaf("x", np.ones((8, 8), np.float32))
        left = s.op("tanh", x, name="left")
        s.backward(s.op("mean", left if used else x))
        recording = s.recording()
        recording.outcome = Outcome("done")
        card = next(card for card in Picture(recording).cards if card.name == "left")
        return card.height

    assert height(used=True) > height(used=False) + 40


def test_figures_of_a_gradient_are_never_cut_off() -> None:
    s = Sketch()
    x = s.leaf("x", -1.2345e-05)
    s.backward(s.op("mul", x, s.constant("c", -8.7654e-05)))
    recording = s.recording()
    display = Picture(recording).display(len(recording.stops))
    for card in range(len(display.cards.node)):
        assert not any("…" in text.text for text in display.content(card).texts)


def test_a_name_given_many_times_is_written_once() -> None:
    assert brief("x, x, x, x") == "x × 4"
    assert brief("a, b, c") == "a, b, c"


def test_derivatives_of_derivatives_are_told_by_their_form() -> None:
    """A bar for each order, so that they differ in grey print too."""
    recording = run_program(
        "import torch\nx = torch.tensor(2.0, requires_grad=True)\ny = x**4\n"
        "for _ in range(2):\n    y, = torch.autograd.grad(y, x, create_graph=True)\n"
    )
    display = Picture(recording, ViewOptions(detail=1.0)).display(len(recording.stops))
    for card, node in enumerate(display.cards.node.tolist()):
        upright = [bar for bar in display.content(card).bars if bar.height > bar.width]
        assert len(upright) == min(recording.operations[node].order, 2)
    assert {operation.order for operation in recording.operations} == {0, 1, 2}


def test_a_value_and_its_gradient_can_share_one_scale() -> None:
    recording = run_program(
        "import torch\nx = torch.linspace(-1, 1, 20, requires_grad=True)\n(x * 5).sum().backward()\n"
    )
    for same in (False, True):
        display = Picture(recording, ViewOptions(same_scale=same)).display(len(recording.stops))
        value, gradient = display.content(display.cards.title.index("x")).images
        assert (value.scale, gradient.scale) == ((5.0, 5.0) if same else (1.0, 5.0))
        assert gradient.gradient is not same
