"""The page that plays a recording."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.visgrad.programs import PROGRAMS, lesson, recurrent
from tests.visgrad.sketch import Sketch
from visgrad.explain.texts import table
from visgrad.export import to_html
from visgrad.export.html import WORDS, timelines
from visgrad.export.svg import edge_ids, edge_svg
from visgrad.export.svg_cards import card_ids, card_svg
from visgrad.picture.draw import Picture
from visgrad.picture.options import ViewOptions
from visgrad.picture.roles import theme
from visgrad.recording.recording import Recording

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def data_of(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, object] = json.loads(found[1])
    return data


def look_at(line: list[int], position: int) -> int:
    entries = [look for at, look in zip(line[::2], line[1::2], strict=True) if at <= position]
    return entries[-1] if entries else -1


@pytest.mark.parametrize("name", ["lesson", "in_place_and_view", "fan_out", "broken"])
def test_the_page_knows_the_look_of_everything_at_every_position(name: str) -> None:
    recording = PROGRAMS[name]()
    picture, worn = Picture(recording), theme("light")
    last = len(recording.stops)
    cards, edges, looks = timelines(picture, list(range(last + 1)), worn)
    for position in range(last + 1):
        display = picture.display(position)
        expected = {name: card_svg(display, k, worn) for k, name in enumerate(card_ids(display))}
        expected |= {name: edge_svg(display, k, worn) for k, name in enumerate(edge_ids(display))}
        shown = {}
        for group, line in (cards | edges).items():
            look = look_at(line, position)
            if look >= 0:
                shown[group] = ">".join(looks[look])
        assert shown == expected


def test_the_page_needs_no_network_and_carries_the_program() -> None:
    recording = Recording('a = "<b>"\n', "program.py")
    recording.extend(lesson().steps)
    page = to_html(recording)
    HTMLParser(convert_charrefs=True).feed(page)
    assert not re.search(r'(?:src|href)="(?!data:)', page)
    assert "a = &quot;&lt;b&gt;&quot;" in page
    assert data_of(page)["positions"] == list(range(len(recording.stops) + 1))


def test_names_cannot_end_the_script() -> None:
    s = Sketch()
    s.leaf("</script><script>alert(1)</script>", 1.0)
    page = to_html(s.recording())
    assert page.count("<script") == 2
    looks = data_of(page)["looks"]
    assert isinstance(looks, list)
    for attributes, inside in looks:
        ET.fromstring(f"<g{attributes}>{inside}</g>")


def dom_of(page: Path, moment: str = "") -> str:
    """The page as Chromium has it after its scripts have run."""
    assert CHROMIUM
    profile = page.parent / "profile"
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", "--dump-dom"]
    done = subprocess.run([*command, page.as_uri() + moment], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def shown_by_browser(page: Path, moment: str) -> dict[str, str]:
    """The groups of the picture that are not empty, as Chromium has them."""
    return dict(re.findall(r'<g id="([neg]\d[^"]*)"[^>]*>((?!</g>).+?)</g>', dom_of(page, moment)))


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_a_browser_shows_the_same_as_the_picture_at_any_step(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    recording = recurrent(2)
    page.write_text(to_html(recording), "utf-8")
    picture = Picture(recording)
    for moment, position in (("", len(recording.stops)), ("#6", 6)):
        display = picture.display(position)
        groups = shown_by_browser(page, moment)
        assert set(groups) == set(card_ids(display)) | set(edge_ids(display))


ACTING = """<pre id="told"></pre><script>
const told = [];
const where = () => document.getElementById('where').textContent;
for (const name of ['first', 'next', 'next', 'back', 'end']) {
  document.getElementById(name).click();
  told.push(where());
}
for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'End']) {
  document.dispatchEvent(new KeyboardEvent('keydown', { key }));
  told.push(where());
}
document.getElementById('n1').firstElementChild.dispatchEvent(new Event('pointerover', { bubbles: true }));
told.push([...document.querySelectorAll('#edges > .near')].map(edge => edge.id).sort().join(' '));
told.push(getComputedStyle(document.body).backgroundColor);
told.push(document.getElementById('tip').textContent.replaceAll('\\n', '; '));
told.push(document.getElementById('n1').getAttribute('aria-label'));
told.push(document.getElementById('words').textContent);
document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown' }));
document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown' }));
told.push(document.querySelector('.chosen').id);
document.getElementById('theme').click();
told.push(getComputedStyle(document.body).backgroundColor);
document.getElementById('told').textContent = told.join('|');
</script></body>"""


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_buttons_keys_and_the_pointer_work_in_a_dark_page_in_a_browser(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(to_html(lesson(), colours=theme("dark")).replace("</body>", ACTING), "utf-8")
    told = re.search(r'<pre id="told">(.*?)</pre>', dom_of(page))
    assert told
    *places, near, ground, tip, label, words, chosen, light = told[1].split("|")
    last = len(lesson().stops)
    assert places == [f"{at} / {last}" for at in (0, 1, 2, 1, last)] * 2
    assert near == "e0-1-0 e1-2-0 g1-0-0 g2-1-0"
    assert (ground, light) == (rgb(theme("dark")["canvas"]), rgb(theme("light")["canvas"]))
    assert tip == "y = w**2; PowBackward0  float32; 4; grad 10"
    assert label == "y = w**2, PowBackward0  float32, 4, grad 10"
    assert "w.grad" in words or "w" in words
    assert chosen == "n1"


def rgb(colour: str) -> str:
    return f"rgb({int(colour[1:3], 16)}, {int(colour[3:5], 16)}, {int(colour[5:7], 16)})"


def test_a_page_is_light_or_dark_as_the_system_is_unless_it_is_told() -> None:
    plain, dark, contrast = (to_html(lesson(), colours=worn) for worn in (None, theme("dark"), theme("contrast")))
    for page in (plain, dark):
        assert "prefers-color-scheme:dark" in page
        assert theme("light")["canvas"] in page
        assert theme("dark")["canvas"] in page
    assert '<html lang="en">' in plain
    assert '<html lang="en" data-theme="dark">' in dark
    assert theme("contrast")["canvas"] in contrast
    assert "#0a0b" not in plain + dark + contrast


def test_a_page_speaks_the_readers_language() -> None:
    page = to_html(lesson(), options=ViewOptions(language="ko"))
    assert '<html lang="ko">' in page
    assert 'aria-label="재생"' in page
    assert any("기울기" in words for words in data_of(page)["words"])  # type: ignore[attr-defined]


def test_every_word_of_the_page_is_there_in_every_language() -> None:
    for language in ("en", "ko"):
        assert {f"page.{word}" for word in WORDS} <= table(language).keys()
