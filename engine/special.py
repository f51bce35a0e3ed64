"""torch.special: other names of functions of the table."""

from __future__ import annotations

from typing import Any

NAMES = {
    **{n: n for n in ("digamma", "erf", "erfc", "erfinv", "exp2", "expm1", "log1p", "log_softmax", "logit")},
    **{n: n for n in ("logsumexp", "round", "sinc", "softmax", "xlogy", "polygamma", "entr", "ndtr", "xlog1py")},
    "expit": "sigmoid",
    "gammaln": "lgamma",
    "psi": "digamma",
    "multigammaln": "mvlgamma",
}


def fill(functions: dict[str, Any]) -> None:
    """Take the functions of the table that have a name here."""
    for name, row in NAMES.items():
        if row in functions:
            globals()[name] = functions[row]


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module 'torch.special' has no attribute '{name}'")
