"""What people open or paste as a program is made one: notebooks, Markdown lessons, examples typed at a prompt.

Owns the choice; each form has its own module.  Anything else is taken to be Python already.
"""

from __future__ import annotations

from visgrad.program import markdown, notebook, session
from visgrad.program.notebook import NotebookError

__all__ = ["SUFFIXES", "NotebookError", "to_program"]

SUFFIXES = (".md", ".markdown", ".ipynb")
"""Files that hold programs in another form than Python."""


def to_program(text: str, name: str = "") -> str:
    """The program in a text; `name` is its file's, if it has one.  NotebookError for a notebook that cannot be read."""
    if notebook.is_notebook(text, name):
        return notebook.to_program(text)
    if markdown.is_markdown(text, name):
        return markdown.to_program(text)
    return session.to_program(text) if session.is_session(text) else text
