"""Notebooks, Markdown lessons and examples typed at a prompt become programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visgrad import cli
from visgrad.program.handed_in import NotebookError, to_program
from visgrad.program.magics import without_magics


def notebook(*cells: tuple[str, str | list[str]], version: int = 4) -> str:
    return json.dumps(
        {
            "cells": [{"cell_type": kind, "source": source, "metadata": {}, "outputs": []} for kind, source in cells],
            "metadata": {},
            "nbformat": version,
            "nbformat_minor": 5,
        }
    )


def test_a_notebook_s_code_cells_become_cells_and_its_text_comments() -> None:
    text = notebook(("markdown", "# Title\n\nwords"), ("code", ["x = 1\n", "x"]), ("code", "x + 1"), ("raw", "end"))
    assert to_program(text, "a.ipynb") == "# %%\n# # Title\n# words\nx = 1\nx\n\n# %%\nx + 1\n\n# end\n"
    assert to_program(text) == to_program(text, "a.ipynb"), "also when it is pasted"


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"nbformat": "4"}', notebook(version=3), "[" * 100_000])
def test_what_is_no_notebook_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(NotebookError):
        to_program(text, "a.ipynb")


def test_a_notebook_s_commands_become_comments_and_python_stays() -> None:
    code = ["%matplotlib inline", "!pip install torch", "  %time x", "x.shape?", "y = 5 % 2", "y != 3"]
    assert without_magics(code) == [
        "# %matplotlib inline",
        "# !pip install torch",
        "#   %time x",
        "# x.shape?",
        "y = 5 % 2",
        "y != 3",
    ]
    assert without_magics(["%%time", "x = 1"]) == ["# % %time", "x = 1"]
    assert without_magics(["", "%%bash", "ls", ""]) == ["#", "# % %bash", "# ls", "#"]


def test_what_was_typed_at_a_prompt_is_kept_and_what_was_answered_goes() -> None:
    text = """
>>> import torch
>>> a = torch.arange(3)
>>> for i in a:
...     print(i)
tensor(0)
>>> a
tensor([0, 1, 2])
"""
    assert to_program(text) == "import torch\na = torch.arange(3)\nfor i in a:\n    print(i)\n\n# %%\na\n"
    assert to_program("In [1]: x = 1\n   ...: y = 2\nIn [2]: x\nOut[2]: 1\n") == "x = 1\ny = 2\nx\n"


@pytest.mark.parametrize("text", ["x = 1\n", "def f():\n    '''\n    >>> f()\n    '''\n", "", "a >>= 1\n"])
def test_python_is_left_as_it_is(text: str) -> None:
    assert to_program(text) == text


@given(st.text(), st.sampled_from(["a.py", "a.md", "a.ipynb", ""]))
def test_any_text_becomes_a_program_or_is_refused(text: str, name: str) -> None:
    try:
        assert isinstance(to_program(text, name), str)
    except NotebookError:
        assert name == "a.ipynb" or "nbformat" in text


def test_a_notebook_runs_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "lesson.ipynb"
    path.write_text(notebook(("code", "%matplotlib inline\nx = 20"), ("code", "x + 1")), "utf-8")
    assert cli.main(["run", str(path)]) == 0
    assert capsys.readouterr().out == "21\n"
    path.write_text("{", "utf-8")
    assert cli.main(["run", str(path)]) == 2
    assert "no Jupyter notebook" in capsys.readouterr().err
