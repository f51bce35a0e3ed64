"""The README tells the truth: its program prints what it says, its pictures and pages are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from visgrad.recording.model import Print
from visgrad.worker.client import run_program

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_the_program_of_the_readme_prints_the_numbers_beside_it() -> None:
    found = re.search(r"```python\n(import torch.*?)```\n\n((?:    [^\n]*\n)+)", README, re.DOTALL)
    assert found is not None
    recording = run_program(found[1])
    printed = "".join(step.text for step in recording.steps if isinstance(step, Print))
    assert printed == re.sub(r"^    ", "", found[2], flags=re.MULTILINE)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_file_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"\]\(([^)#:]+)\)", text) + re.findall(
        r"`((?:engine|visgrad|ui|tests|assets)/[\w./]+?\.(?:py|toml|md))`", text
    )
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
