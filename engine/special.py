"""torch.special: rows of the operator table that live there only, and other names of rows that torch has too."""

from __future__ import annotations

from typing import Any

PREFIX = "special_"
SAME = (
    *("digamma", "erf", "erfc", "erfinv", "exp2", "expm1", "i0", "log1p", "log_softmax"),
    *("logit", "logsumexp", "polygamma", "round", "sinc", "softmax", "xlogy"),
)
OTHER_NAMES = {
    "expit": "sigmoid",
    "gammainc": "igamma",
    "gammaincc": "igammac",
    "gammaln": "lgamma",
    "psi": "digamma",
    "multigammaln": "mvlgamma",
}


def fill(functions: dict[str, Any]) -> None:
    """Take the functions of the table that have a name here."""
    for name, function in functions.items():
        if name.startswith(PREFIX):
            globals()[name.removeprefix(PREFIX)] = function
    for name in SAME:
        globals()[name] = functions[name]
    for name, row in OTHER_NAMES.items():
        globals()[name] = functions[row]


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module 'torch.special' has no attribute '{name}'")
