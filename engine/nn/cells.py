"""Recurrent cells: RNNCell, LSTMCell, GRUCell, and one step of each in ordinary operators.

A state is a tuple: the hidden state, and for an LSTM the cell state.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from engine.apply import run
from engine.nn import init
from engine.nn.linear import new_parameter
from engine.nn.module import Module
from engine.registry import OPS
from engine.tensor import Tensor as TensorType

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any
GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}


def linear(input: Tensor, weight: Tensor, bias: Tensor = None) -> Tensor:
    """`input · weightᵀ + bias`."""
    return run(OPS["linear"], (input, weight, bias), {})


def rnn_step(x: Tensor, h: Tensor, weights: Any, nonlinearity: str) -> Tensor:
    """`h' = tanh(W x + b + U h + c)`, or relu."""
    total = linear(x, weights[0], weights[2]) + linear(h, weights[1], weights[3])
    return total.tanh() if nonlinearity == "tanh" else total.relu()


def lstm_step(x: Tensor, state: Any, weights: Any) -> tuple[Tensor, Tensor]:
    """`c' = f c + i g`, `h' = o tanh(c')` with the gates i, f, g, o of `W x + b + U h + c`.

    A fifth weight projects h'."""
    h, c = state
    gates = linear(x, weights[0], weights[2]) + linear(h, weights[1], weights[3])
    i, f, g, o = gates.chunk(4, -1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    h = o.sigmoid() * c.tanh()
    return (h if len(weights) < 5 or weights[4] is None else linear(h, weights[4])), c


def gru_step(x: Tensor, h: Tensor, weights: Any) -> Tensor:
    """`h' = (1 − z) n + z h` with `n = tanh(Wₙ x + bₙ + r (Uₙ h + cₙ))`."""
    from_input = linear(x, weights[0], weights[2]).chunk(3, -1)
    from_state = linear(h, weights[1], weights[3]).chunk(3, -1)
    r = (from_input[0] + from_state[0]).sigmoid()
    z = (from_input[1] + from_state[1]).sigmoid()
    n = (from_input[2] + r * from_state[2]).tanh()
    return (h - n) * z + n


class RNNCellBase(Module):
    """What the three cells share."""

    mode = "RNN"

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        rows = GATES[self.mode] * hidden_size
        self.weight_ih = new_parameter((rows, input_size), device, dtype)
        self.weight_hh = new_parameter((rows, hidden_size), device, dtype)
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, new_parameter((rows,), device, dtype) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new values: uniform within ± 1 / √hidden_size."""
        bound = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    @property
    def weights(self) -> list[Any]:
        """The weights in the order a step takes them."""
        return [self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh]

    def state(self, input: Tensor, hx: Any, count: int = 1) -> list[Tensor]:
        """The state to start from: the given one or zeros, checked against the input."""
        if input.dim() not in (1, 2):
            raise ValueError(f"{type(self).__name__}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        if input.size(-1) != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {input.size(-1)} expected {self.input_size}")
        if hx is None:
            zeros = run(OPS["new_zeros"], (input, (*input.shape[:-1], self.hidden_size)), {})
            return [zeros] * count
        states = list(hx) if count > 1 else [hx]
        for number, state in enumerate(states):
            if state.dim() == 2 and state.size(0) != input.size(0):
                raise RuntimeError(
                    f"Input batch size {input.size(0)} doesn't match hidden{number} batch size {state.size(0)}"
                )
            if state.size(-1) != self.hidden_size:
                raise RuntimeError(
                    f"hidden{number} has inconsistent hidden_size: got {state.size(-1)}, expected {self.hidden_size}"
                )
        return states

    def extra_repr(self) -> str:
        """The sizes, and what differs from the defaults."""
        text = f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else f", bias={self.bias}")
        nonlinearity = getattr(self, "nonlinearity", "tanh")
        return text if nonlinearity == "tanh" else f"{text}, nonlinearity={nonlinearity}"


class RNNCell(RNNCellBase):
    """One step of a recurrent layer."""

    mode = "RNN"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor = None) -> Tensor:
        """Input (batch, input_size) and state (batch, hidden_size); the next state."""
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        (state,) = self.state(input, hx)
        return rnn_step(input, state, self.weights, self.nonlinearity)


class LSTMCell(RNNCellBase):
    """One step of an LSTM."""

    mode = "LSTM"

    def forward(self, input: Tensor, hx: Any = None) -> tuple[Tensor, Tensor]:
        """Input (batch, input_size) and the two states; the next states."""
        if isinstance(hx, TensorType):
            raise TypeError("lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not Tensor")
        return lstm_step(input, self.state(input, hx, 2), self.weights)


class GRUCell(RNNCellBase):
    """One step of a GRU."""

    mode = "GRU"

    def forward(self, input: Tensor, hx: Tensor = None) -> Tensor:
        """Input (batch, input_size) and state (batch, hidden_size); the next state."""
        (state,) = self.state(input, hx)
        return gru_step(input, state, self.weights)
