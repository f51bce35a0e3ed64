"""Programs as learners write them, in Markdown: a heading, the program, and what it prints.

`python tests/engine/notebooks.py` writes what PyTorch prints into the files, where it is installed.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import io
import re
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "data"
PART = re.compile(
    r"^## (?P<title>.+?)\n+```python\n(?P<code>.*?)```\n+(?:```text\n(?P<output>.*?)```\n*)?", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Program:
    """One program of a notebook."""

    title: str
    code: str
    output: str


def programs(folder: Path = FOLDER) -> list[Program]:
    """All programs of all notebooks."""
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.md"))]
    return [Program(p["title"], p["code"], p["output"] or "") for text in texts for p in PART.finditer(text)]


def importer(library: str) -> Any:
    """`__import__` for a program in which "torch" is the library of this name."""

    def find(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        first, _, rest = name.partition(".")
        if first != "torch" or library == "torch":
            return builtins.__import__(name, globals, locals, fromlist, level)
        module = importlib.import_module(library)
        if fromlist:
            for part in filter(None, rest.split(".")):
                module = getattr(module, part)
        return module

    return find


def printed(code: str, library: str) -> str:
    """What a program prints on `engine` or on `torch`."""
    names = {"__name__": "__main__", "__builtins__": {**vars(builtins), "__import__": importer(library)}}
    out = io.StringIO()
    with contextlib.redirect_stdout(out), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(code, "program", "exec"), names)
    return out.getvalue()


def record(path: Path) -> None:
    """Write what torch prints into a notebook."""

    def filled(found: re.Match[str]) -> str:
        output = printed(found["code"], "torch")
        return f"## {found['title']}\n\n```python\n{found['code']}```\n\n```text\n{output}```\n\n"

    path.write_text(PART.sub(filled, path.read_text("utf-8")).rstrip("\n") + "\n", "utf-8")


if __name__ == "__main__":
    for part in [Path(argument) for argument in sys.argv[1:]] or sorted(FOLDER.glob("*.md")):
        record(part)
