"""A Jupyter notebook becomes a program: its code cells are cells, its text becomes comments, its outputs are left out.

Owns reading the file.  Format 4 is read, which is what has been written since 2015.
"""

from __future__ import annotations

import msgspec

from visgrad.program.magics import without_magics


class NotebookError(ValueError):
    """A file is no notebook that can be read; the message says why."""


class Cell(msgspec.Struct):
    """A cell as far as it is read; a long text comes as a list of lines."""

    cell_type: str = ""
    source: str | list[str] = ""


class Notebook(msgspec.Struct):
    """A notebook as far as it is read."""

    nbformat: int
    cells: list[Cell] = []


def is_notebook(text: str, name: str = "") -> bool:
    """Whether a text is a notebook: by its name, or because it reads like one."""
    return name.lower().endswith(".ipynb") or (text.lstrip().startswith("{") and '"nbformat"' in text)


def to_program(text: str) -> str:
    """The program of a notebook: `# %%` cells, with its text as comments before them."""
    try:
        notebook = msgspec.json.decode(text, type=Notebook)
    except (msgspec.DecodeError, RecursionError):
        raise NotebookError("the file is no Jupyter notebook, or is damaged") from None
    if notebook.nbformat < 4:
        raise NotebookError("the notebook is of an old format; open and save it in Jupyter once")
    parts: list[str] = []
    prose: list[str] = []
    for cell in notebook.cells:
        source = cell.source if isinstance(cell.source, str) else "".join(cell.source)
        lines = source.splitlines()
        if cell.cell_type == "code":
            parts.append("\n".join(["# %%", *prose, *without_magics([line.rstrip() for line in lines])]))
            prose = []
        else:
            prose += [f"# {line}".rstrip() for line in lines if line.strip()]
    if prose:
        parts.append("\n".join(prose))
    return "\n\n".join(parts) + "\n" if parts else ""
