"""Activation and dropout modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.nn import functional as F
from engine.nn import init
from engine.nn.linear import new_parameter
from engine.nn.module import Module
from engine.nn.simple import REQUIRED, Simple, module, shown

f: Any = F
IN = {"inplace": False}
inplace = shown("inplace")

ReLU = module("ReLU", f.relu, "`max(0, input)`.", inplace, **IN)
ReLU6 = module("ReLU6", f.relu6, "`min(max(0, input), 6)`.", inplace, **IN)
LeakyReLU = module(
    "LeakyReLU",
    f.leaky_relu,
    "Relu with a slope below zero.",
    shown("negative_slope", "inplace"),
    negative_slope=0.01,
    **IN,
)
ELU = module("ELU", f.elu, "Relu that bends towards −alpha.", shown("alpha", "inplace"), alpha=1.0, **IN)
SELU = module("SELU", f.selu, "The self-normalising elu.", inplace, **IN)
CELU = module("CELU", f.celu, "An elu with a continuous slope.", shown("alpha", "inplace"), alpha=1.0, **IN)
SiLU = module("SiLU", f.silu, "`input · σ(input)`.", inplace, **IN)
Mish = module("Mish", f.mish, "`input · tanh(softplus(input))`.", inplace, **IN)
Hardtanh = module(
    "Hardtanh",
    f.hardtanh,
    "The input, cut off at both ends.",
    shown("min_val", "max_val", "inplace"),
    min_val=-1.0,
    max_val=1.0,
    **IN,
)
Hardsigmoid = module("Hardsigmoid", f.hardsigmoid, "A sigmoid of straight pieces.", None, **IN)
Hardswish = module("Hardswish", f.hardswish, "A silu of straight pieces.", None, **IN)
Threshold = module(
    "Threshold",
    f.threshold,
    "A constant up to a threshold.",
    shown("threshold", "value", "inplace"),
    threshold=REQUIRED,
    value=REQUIRED,
    **IN,
)
RReLU = module(
    "RReLU",
    f.rrelu,
    "A leaky relu with random slopes while training.",
    shown("lower", "upper", "inplace"),
    lower=1.0 / 8,
    upper=1.0 / 3,
    **IN,
)
RReLU.passes_training = True
GELU = module(
    "GELU", f.gelu, "`input · Φ(input)`.", lambda self: f"approximate={self.approximate!r}", approximate="none"
)
Sigmoid = module("Sigmoid", f.sigmoid, "`1 / (1 + exp(−input))`.")
Tanh = module("Tanh", f.tanh, "The hyperbolic tangent.")
Softplus = module("Softplus", f.softplus, "A smooth relu.", shown("beta", "threshold"), beta=1.0, threshold=20.0)
Softshrink = module(
    "Softshrink", f.softshrink, "The input moved towards zero.", lambda self: str(self.lambd), lambd=0.5
)
Hardshrink = module("Hardshrink", f.hardshrink, "The input, zero near zero.", lambda self: str(self.lambd), lambd=0.5)
Softsign = module("Softsign", f.softsign, "`input / (1 + |input|)`.")
Tanhshrink = module("Tanhshrink", f.tanhshrink, "`input − tanh(input)`.")
LogSigmoid = module("LogSigmoid", f.logsigmoid, "The logarithm of the sigmoid.")
GLU = module("GLU", f.glu, "One half of the input gated by the other.", shown("dim"), dim=-1)
Softmax = module("Softmax", f.softmax, "Exponentials that sum to one along dim.", shown("dim"), dim=None)
LogSoftmax = module("LogSoftmax", f.log_softmax, "The logarithm of softmax.", shown("dim"), dim=None)
Softmin = module("Softmin", f.softmin, "Softmax of the negative input.", shown("dim"), dim=None)
Softmax2d = module("Softmax2d", lambda input: f.softmax(input, -3), "Softmax over the channels.")


class PReLU(Module):
    """A leaky relu whose slope is learnt."""

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = new_parameter((num_parameters,), device, dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the slope to its first value."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Any) -> Any:
        """The input, times the slope below zero."""
        return f.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """How many slopes."""
        return f"num_parameters={self.num_parameters}"


def dropout(name: str, function: Callable[..., Any], doc: str) -> type[Simple]:
    """A dropout module."""

    def check(self: Any) -> None:
        if not 0 <= self.p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {self.p}")

    made = module(name, function, doc, lambda self: f"p={self.p}, inplace={self.inplace}", p=0.5, **IN)
    made.passes_training = True
    made.check = check  # type: ignore[method-assign]
    return made


Dropout = dropout("Dropout", f.dropout, "Elements zero at random while training.")
Dropout1d = dropout("Dropout1d", f.dropout1d, "Channels zero at random while training.")
Dropout2d = dropout("Dropout2d", f.dropout2d, "Channels zero at random while training.")
Dropout3d = dropout("Dropout3d", f.dropout3d, "Channels zero at random while training.")
FeatureAlphaDropout = dropout("FeatureAlphaDropout", f.feature_alpha_dropout, "Dropout of channels for selu networks.")
AlphaDropout = dropout("AlphaDropout", f.alpha_dropout, "Dropout for selu networks.")
