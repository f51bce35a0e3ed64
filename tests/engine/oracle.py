"""Small programs whose outcome PyTorch decided: recorded once, checked against the engine and, where it is, torch.

`recorded/NAME.json` holds pairs of a program and what its last line gives.  To add programs, append pairs with an
empty outcome and run `python tests/engine/oracle.py NAME` where PyTorch is installed.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "recorded"
HAS_TORCH = importlib.util.find_spec("torch") is not None


def recorded(name: str) -> list[tuple[str, str]]:
    """The programs of a file with their outcomes."""
    return [(program, expected) for program, expected in json.loads((FOLDER / f"{name}.json").read_text("utf-8"))]


def outcome(torch: Any, program: str) -> str:
    """What a program's last line gives, with dtypes and shapes, or the error it ends with."""
    *setup, last = program.strip().split("\n")
    names: dict[str, Any] = {"torch": torch, "np": np, "T": torch.tensor, "inf": float("inf"), "nan": float("nan")}
    names["nn"], names["F"] = getattr(torch, "nn", None), getattr(getattr(torch, "nn", None), "functional", None)
    try:
        exec("\n".join(setup), names)
        return shown(torch, eval(last, names))
    except Exception as error:
        # Where torch goes on to list its overloads, the first line is what a learner reads.
        return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"


def shown(torch: Any, value: Any) -> str:
    """A value as text that tells dtypes, shapes and structure."""
    if isinstance(value, torch.Tensor):
        return f"{value!r} {value.dtype} {tuple(value.shape)}"
    if isinstance(value, tuple | list) and not isinstance(value, torch.Size):
        return f"{type(value).__name__}({', '.join(shown(torch, item) for item in value)})"
    return repr(value)


def check(program: str, expected: str) -> None:
    """Fail unless the engine gives what was recorded, and torch, where it is installed, still gives it."""
    import engine

    assert outcome(engine, program) == expected
    if HAS_TORCH:
        import torch

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert outcome(torch, program) == expected


def record(name: str) -> None:
    """Write torch's outcomes into a file, for every program in it."""
    import torch

    warnings.simplefilter("ignore")
    pairs = [[program, outcome(torch, program)] for program, _ in recorded(name)]
    lines = ",\n".join(json.dumps(pair, ensure_ascii=False) for pair in pairs)
    (FOLDER / f"{name}.json").write_text(f"[\n{lines}\n]\n", "utf-8")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        record(argument)
