"""Pictures as files: PNG, PDF, the clipboard, and the dialog that asks for them."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QBuffer
from PySide6.QtGui import QGuiApplication, QImage, QImageReader
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.displays import edges_of, grid_display, lesson_display
from tests.ui.runs import chain
from tests.visgrad.programs import lesson
from ui import export_image as exports
from ui.colours import colour
from ui.dialogs.export import ExportDialog
from ui.dialogs.export_fields import FORMATS
from ui.export_image import TooLarge, export_animation, export_image, export_pdf, pixel_size, render
from ui.gif import GifWriter, Palette
from ui.graph.panel import GraphPanel
from ui.picture_data import SVG_TYPE, copy_picture
from ui.png import PngWriter
from ui.settings_store import SettingsStore
from ui.store import Aspect, Store
from ui.webp import WebpWriter
from visgrad.export import export
from visgrad.picture.display import Cards, Display
from visgrad.picture.draw import Picture
from visgrad.picture.roles import theme


@pytest.fixture(autouse=True)
def application(qtbot: QtBot) -> None:
    """One application for all."""


def wide_display(width: float) -> Display:
    """Nothing but two cards, far apart."""
    rect = np.array([[0.0, 0.0, 100.0, 50.0], [width - 100.0, 0.0, 100.0, 50.0]])
    two = np.zeros(2, dtype=np.uint8)
    cards = Cards(rect, two, two, two, two, two, np.arange(2, dtype=np.int32))
    return Display((0.0, 0.0, width, 50.0), cards, edges_of([], []))


def test_a_png_is_as_large_as_the_picture_times_the_scale_and_in_the_theme(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    export_image(lesson_display(), path, "dark", scale=2)
    image = QImage(str(path))
    assert (image.width(), image.height()) == (1524, 212)
    assert not image.hasAlphaChannel()
    assert image.pixelColor(300, 5) == colour(theme("dark"), "canvas")
    assert image.pixelColor(100, 20) == colour(theme("dark"), "leaf_fill")


def test_a_transparent_png_is_clear_beside_the_cards(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    export_image(lesson_display(), path, "light", scale=1, transparent=True)
    image = QImage(str(path))
    assert image.pixelColor(150, 3).alpha() == 0
    assert image.pixelColor(50, 10).alpha() == 255


def test_a_picture_written_in_bands_and_columns_is_the_one_written_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    display = grid_display(60)
    whole, pieces = tmp_path / "whole.png", tmp_path / "pieces.png"
    export_image(display, whole, scale=1)
    monkeypatch.setattr(exports, "BAND_PIXELS", 90_000)
    monkeypatch.setattr(exports, "WIDEST", 512)
    export_image(display, pieces, scale=1)
    first, second = QImage(str(whole)), QImage(str(pieces))
    assert first.size() == second.size()
    a, b = (np.frombuffer(i.constBits(), np.uint8).astype(int) for i in (first, second))
    assert np.abs(a - b).max() <= 2


def test_a_picture_forty_thousand_pixels_wide_is_written(tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    export_image(wide_display(40_000), path, scale=1)
    header = path.read_bytes()[16:24]
    assert (int.from_bytes(header[:4]), int.from_bytes(header[4:])) == (40_000, 50)


def test_a_picture_beyond_reason_is_refused_with_a_sentence_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    with pytest.raises(TooLarge, match="choose a smaller scale"):
        export_image(wide_display(90_000), path, scale=8)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(TooLarge):
        render(wide_display(90_000), "light", 1.0)
    with pytest.raises(ValueError, match="positive"):
        export_image(lesson_display(), path, scale=0)


def test_a_folder_that_is_not_there_is_an_error_and_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        export_image(lesson_display(), tmp_path / "nowhere" / "picture.png")
    kept = tmp_path / "kept.png"
    kept.write_bytes(b"old")
    with pytest.raises(FileNotFoundError):
        export_image(lesson_display(), kept, theme="no such theme")
    assert kept.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [kept]


def test_rows_come_back_from_a_png_as_they_went_in() -> None:
    rows = np.random.default_rng(0).integers(0, 256, (7, 5, 3), dtype=np.uint8)
    file = io.BytesIO()
    with PngWriter(file, 5, 7, 3) as png:
        png.write(rows[:4])
        png.write(rows[4:])
    image = QImage.fromData(file.getvalue()).convertToFormat(QImage.Format.Format_RGB888)
    read = np.frombuffer(image.constBits(), np.uint8).reshape(7, image.bytesPerLine())[:, :15].reshape(7, 5, 3)
    assert (read == rows).all()


def test_a_pdf_is_one_page_of_the_pictures_size_with_its_font_inside(tmp_path: Path) -> None:
    path = tmp_path / "picture.pdf"
    display = lesson_display()
    export_pdf(display, path)
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    box = re.search(rb"/MediaBox \[([\d. ]+)\]", data)
    assert box is not None
    width, height = [float(number) for number in box[1].split()][2:]
    assert width == pytest.approx(display.bounds[2] * 0.75, abs=1.5)
    assert height == pytest.approx(display.bounds[3] * 0.75, abs=1.5)
    assert len(re.findall(rb"/Type /Page\b", data)) == 1
    assert b"JetBrainsMono" in data
    assert b"/FontFile" in data


def test_a_pdf_is_drawn_with_lines_not_with_an_image(tmp_path: Path) -> None:
    path = tmp_path / "picture.pdf"
    export_pdf(lesson_display(), path)
    data = path.read_bytes()
    assert b"/Subtype /Image" not in data
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    content = b""
    for stream in streams:
        try:
            content += zlib.decompress(stream)
        except zlib.error:
            continue
    assert content.count(b" Tj") + content.count(b" TJ") >= 4 or content.count(b"Tf") >= 4


def test_a_long_picture_still_fits_a_page_that_viewers_open(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    export_pdf(wide_display(60_000), path)
    box = re.search(rb"/MediaBox \[([\d. ]+)\]", path.read_bytes())
    assert box is not None
    assert max(float(number) for number in box[1].split()) <= 14_401


def test_an_animation_has_a_frame_for_each_step_in_the_themes_colours(tmp_path: Path) -> None:
    path = tmp_path / "run.gif"
    recording = chain(4)
    picture = Picture(recording)
    positions = range(len(recording.stops) + 1)
    export_animation(picture, positions, path, "light", scale=1.0)
    reader = QImageReader(str(path))
    frames = [reader.read() for _ in range(reader.imageCount())]
    assert len(frames) == len(positions)
    for position, frame in zip(positions, frames, strict=True):
        whole = render(picture.display(position), "light", 1.0)
        a, b = (
            np.frombuffer(image.convertToFormat(QImage.Format.Format_RGBX8888).constBits(), np.uint8).astype(int)
            for image in (frame, whole)
        )
        assert np.abs(a - b).mean() < 1.0


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_an_animation_of_a_part_is_smaller_than_one_of_all_and_keeps_its_size(tmp_path: Path, suffix: str) -> None:
    export(lesson(), tmp_path / f"all{suffix}", scale=0.5)
    export(lesson(), tmp_path / f"part{suffix}", scale=0.5, select="PowBackward0")
    whole, part = QImageReader(str(tmp_path / f"all{suffix}")), QImageReader(str(tmp_path / f"part{suffix}"))
    assert part.read().width() < whole.read().width()
    assert part.imageCount() == whole.imageCount()


def test_noise_comes_back_from_a_gif_as_it_went_in() -> None:
    levels = np.arange(0, 256, 36, dtype=np.uint8)
    picture = levels[np.random.default_rng(0).integers(0, len(levels), (90, 120))][..., None].repeat(3, axis=2)
    file = io.BytesIO()
    with GifWriter(file, 120, 90, Palette([picture])) as gif:
        gif.add(picture, 0.5)
        gif.add(picture[::-1].copy(), 0.5)
        gif.add(picture[::-1].copy(), 0.5)
    buffer = QBuffer()
    buffer.setData(file.getvalue())
    reader = QImageReader(buffer, b"gif")
    assert reader.imageCount() == 3
    for wanted in (picture, picture[::-1], picture[::-1]):
        image = reader.read().convertToFormat(QImage.Format.Format_RGB888)
        read = np.frombuffer(image.constBits(), np.uint8).reshape(90, image.bytesPerLine())[:, :360]
        assert (read.reshape(90, 120, 3) == wanted).all()


def test_the_picture_goes_onto_the_clipboard() -> None:
    copy_picture(lesson_display(), theme("light"), 1.0)
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == pixel_size(lesson_display(), 1.0)
    assert ET.fromstring(QGuiApplication.clipboard().mimeData().data(SVG_TYPE).data()).tag.endswith("svg")
    QGuiApplication.clipboard().clear()


def test_the_picture_can_be_dragged_out_of_the_dialog(dialog: ExportDialog) -> None:
    data = dialog.preview.data()
    assert data is not None
    assert data.hasImage()
    assert data.hasFormat(SVG_TYPE)
    (url,) = data.urls()
    assert not QImage(url.toLocalFile()).isNull()
    assert not dialog.preview.drag(data).pixmap().isNull()


def test_choices_are_kept_until_the_next_time(qtbot: QtBot, tmp_path: Path) -> None:
    store, settings = Store(), SettingsStore(tmp_path)
    recording = chain(3)
    store.set(Aspect.RECORDING | Aspect.POSITION, recording=recording, position=len(recording.stops))
    first = ExportDialog(store, settings=settings)
    qtbot.addWidget(first)
    first.format.setCurrentIndex(first.format.findData("svg"))
    first.theme.setCurrentIndex(first.theme.findData("dark"))
    first.transparent.setChecked(True)
    first.path.setText(str(tmp_path / "picture.svg"))
    first.export()
    then = ExportDialog(store, settings=settings)
    qtbot.addWidget(then)
    assert (then.format.currentData(), then.theme.currentData()) == ("svg", "dark")
    assert then.transparent.isChecked()
    assert then.path.text().endswith(".svg")


def test_pictures_are_written_with_no_display_and_no_application(tmp_path: Path) -> None:
    program = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from displays import lesson_display\n"
        "from ui.export_image import export_image, export_pdf\n"
        "export_image(lesson_display(), sys.argv[1] + '/a.png'); export_pdf(lesson_display(), sys.argv[1] + '/a.pdf')\n"
        "assert 'PySide6.QtWidgets' not in sys.modules\n"
    )
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    bare = {name: value for name, value in os.environ.items() if name not in hidden}
    command = [sys.executable, "-c", program, str(tmp_path), str(Path(__file__).parent)]
    done = subprocess.run(command, env=bare, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert QImage(str(tmp_path / "a.png")).width() == 1524
    assert (tmp_path / "a.pdf").stat().st_size > 1000


# the dialog ------------------------------------------------------------------------------------------------------


def test_frames_come_back_from_a_webp_as_they_went_in() -> None:
    """Also the third, of which only a part with odd corners differs from the second."""
    pictures = [np.random.default_rng(seed).integers(0, 256, (45, 61, 3), dtype=np.uint8) for seed in range(2)]
    pictures.append(pictures[1].copy())
    pictures[2][7:20, 5:32] = 0
    file = io.BytesIO()
    with WebpWriter(file, 61, 45) as webp:
        for picture in pictures:
            webp.add(picture, 0.5)
    buffer = QBuffer()
    buffer.setData(file.getvalue())
    reader = QImageReader(buffer, b"webp")
    for picture in pictures:
        image = reader.read().convertToFormat(QImage.Format.Format_RGB888)
        read = np.frombuffer(image.constBits(), np.uint8).reshape(45, image.bytesPerLine())[:, : 61 * 3]
        assert (read.reshape(picture.shape) == picture).all()
        assert reader.nextImageDelay() == 500
    assert reader.imageCount() == 3


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> ExportDialog:
    store = Store()
    recording = chain(4)
    store.set(Aspect.RECORDING | Aspect.FILE, recording=recording, position=2, path=tmp_path / "lesson.py")
    store.set(Aspect.FILE, name="lesson.py")
    dialog = ExportDialog(store)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    return dialog


def test_the_dialog_writes_each_format_where_it_says(dialog: ExportDialog, qtbot: QtBot, tmp_path: Path) -> None:
    box = dialog.findChild(QComboBox, "exportFormat")
    button = dialog.findChild(QPushButton, "exportButton")
    path = dialog.findChild(QLineEdit, "exportPath")
    assert isinstance(box, QComboBox)
    assert isinstance(button, QPushButton)
    assert isinstance(path, QLineEdit)
    for index, form in enumerate(FORMATS):
        box.setCurrentIndex(index)
        assert path.text() == str(tmp_path / f"lesson.{form.suffix}")
        with qtbot.waitSignal(dialog.exported):
            button.click()
        assert (tmp_path / f"lesson.{form.suffix}").stat().st_size > 200
    assert (tmp_path / "lesson.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "lesson.gif").read_bytes().startswith(b"GIF89a")
    assert (tmp_path / "lesson.webp").read_bytes()[8:12] == b"WEBP"
    assert "digraph" in (tmp_path / "lesson.dot").read_text("utf-8")
    assert b"<svg" in (tmp_path / "lesson.svg").read_bytes()
    assert (tmp_path / "lesson.pdf").read_bytes().startswith(b"%PDF")


def test_this_step_and_the_whole_run_are_different_pictures(dialog: ExportDialog) -> None:
    step = dialog.chosen_display()
    dialog.moment.setCurrentIndex(1)
    whole = dialog.chosen_display()
    assert step is not None
    assert whole is not None
    assert len(step.cards.node) == 2
    assert len(whole.cards.node) == 4


def test_scale_and_theme_go_into_the_file_and_the_size_is_told(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
    dialog.scale.setValue(3.0)
    told = [int(part.replace(",", "")) for part in re.findall(r"[\d,]+", dialog.size_note.text())]
    dialog.export()
    image = QImage(str(tmp_path / "lesson.png"))
    assert [image.width(), image.height()] == told
    assert image.pixelColor(0, 0) == colour(theme("dark"), "canvas")


def test_a_path_that_cannot_be_written_is_told_in_the_dialog(dialog: ExportDialog, tmp_path: Path) -> None:
    dialog.path.setText(str(tmp_path / "nowhere" / "x.png"))
    assert not dialog.button.isEnabled()
    assert "nowhere" in dialog.note.text()
    (tmp_path / "folder.png").mkdir()
    dialog.path.setText(str(tmp_path / "folder.png"))
    dialog.export()
    assert dialog.isVisible()
    assert "folder.png" in dialog.note.text()
    dialog.path.setText("")
    assert not dialog.button.isEnabled()


def test_a_file_that_would_be_replaced_is_named(dialog: ExportDialog, tmp_path: Path) -> None:
    assert dialog.note.text() == ""
    (tmp_path / "lesson.png").write_bytes(b"old")
    dialog.path.setText(str(tmp_path / "lesson.png") + " ")
    assert "lesson.png" in dialog.note.text()
    assert dialog.button.isEnabled()


def test_before_anything_has_run_there_is_nothing_to_export(qtbot: QtBot) -> None:
    dialog = ExportDialog(Store())
    qtbot.addWidget(dialog)
    assert not dialog.button.isEnabled()
    assert dialog.note.text()


def test_the_dialog_uses_the_picture_the_window_already_shows(qtbot: QtBot) -> None:
    store = Store()
    recording = chain(4)
    store.set(Aspect.RECORDING | Aspect.POSITION, recording=recording, position=len(recording.stops))
    window = QWidget()
    qtbot.addWidget(window)
    panel = GraphPanel(store, window)
    dialog = ExportDialog(store, window)
    assert panel.current_picture is not None
    shown, previewed = panel.view.display, dialog.chosen_display()
    assert shown is not None
    assert previewed is not None
    assert shown.cards.rect.tolist() == previewed.cards.rect.tolist()


def test_what_is_selected_and_what_is_visible_can_be_exported_by_themselves(qtbot: QtBot) -> None:
    store = Store()
    recording = chain(4)
    store.set(Aspect.RECORDING | Aspect.POSITION, recording=recording, position=len(recording.stops))
    window = QWidget()
    qtbot.addWidget(window)
    panel = GraphPanel(store, window)
    panel.view.resize(400, 300)
    dialog = ExportDialog(store, window)
    dialog.part.setCurrentIndex(dialog.part.findData("chosen"))
    assert not dialog.button.isEnabled()
    assert dialog.note.text()
    panel.view.set_selection(0)
    chosen = dialog.chosen_display()
    assert chosen is not None
    assert chosen.cards.node.tolist() == [0, 1]
    assert set(zip(chosen.edges.source.tolist(), chosen.edges.target.tolist(), strict=True)) == {(0, 1), (1, 0)}
    dialog.part.setCurrentIndex(dialog.part.findData("visible"))
    panel.view.look_at(0.0, 0.0)
    visible, seen = dialog.chosen_display(), panel.view.visible_rect()
    assert visible is not None
    assert visible.bounds == (seen.x(), seen.y(), seen.width(), seen.height())
    for number, form in enumerate(FORMATS):
        dialog.format.setCurrentIndex(number)
        assert dialog.part.isEnabled(), form.suffix


def test_the_preview_shows_the_theme_and_transparency(dialog: ExportDialog) -> None:
    dialog.theme.setCurrentIndex(dialog.theme.findData("light"))
    plain = dialog.preview.grab().toImage()
    dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
    dark = dialog.preview.grab().toImage()
    dialog.transparent.setChecked(True)
    clear = dialog.preview.grab().toImage()
    assert plain.pixelColor(1, 1).name() == theme("light")["canvas"]
    assert dark.pixelColor(1, 1).name() == theme("dark")["canvas"]
    assert clear != dark
