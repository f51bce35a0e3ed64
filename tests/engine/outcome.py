"""What a few lines of a program print, or the error they end in: the same for the engine and for torch."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "recorded"


@dataclass(frozen=True)
class Case:
    """Some lines and what torch 2.13 does with them."""

    code: str
    expected: str


def cases(name: str) -> list[Case]:
    """The cases of a recorded file: code after `>>>` and `...`, then what it prints, then an empty line."""
    found = []
    for block in (RECORDED / name).read_text("utf-8").split("\n\n"):
        lines = block.strip("\n").split("\n")
        code = [line[4:] for line in lines if line.startswith((">>> ", "... "))]
        if code:
            found.append(Case("\n".join(code), "\n".join(lines[len(code) :])))
    return found


def outcome(module: Any, code: str) -> str:
    """What `code` prints with `torch` being `module`; the value of a last expression is shown as at a prompt."""
    code = code.replace("from torch", f"from {module.__name__}")
    printed = io.StringIO()
    names: dict[str, Any] = {"torch": module}
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(code)
            last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "<case>", "exec"), names)
            if isinstance(last, ast.Expr):
                value = eval(compile(ast.Expression(last.value), "<case>", "eval"), names)
                if value is not None:
                    print(repr(value))
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
    return re.sub(r" object at 0x[0-9a-f]+", " object", printed.getvalue()).strip()
