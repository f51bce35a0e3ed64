"""Recurrent layers and cells: RNN, LSTM, GRU.

A layer runs its cell over the time steps in ordinary operators, so that a recording shows every step.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from engine.apply import run
from engine.nn import functional as F
from engine.nn import init
from engine.nn.linear import new_parameter
from engine.nn.module import Module
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any
GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}


def linear(input: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """`input · weightᵀ + bias`."""
    return run(OPS["linear"], (input, weight, bias), {})


def rnn_step(x: Tensor, h: Tensor, weights: Any, nonlinearity: str) -> Tensor:
    """`h' = tanh(W x + b + U h + c)`, or relu."""
    total = linear(x, weights[0], weights[2]) + linear(h, weights[1], weights[3])
    return total.tanh() if nonlinearity == "tanh" else total.relu()


def lstm_step(x: Tensor, state: Any, weights: Any) -> tuple[Tensor, Tensor]:
    """`c' = f c + i g`, `h' = o tanh(c')` with the gates i, f, g, o of `W x + b + U h + c`."""
    h, c = state
    gates = linear(x, weights[0], weights[2]) + linear(h, weights[1], weights[3])
    i, f, g, o = gates.chunk(4, -1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def gru_step(x: Tensor, h: Tensor, weights: Any) -> Tensor:
    """`h' = (1 − z) n + z h` with `n = tanh(Wₙ x + bₙ + r (Uₙ h + cₙ))`."""
    from_input = linear(x, weights[0], weights[2]).chunk(3, -1)
    from_state = linear(h, weights[1], weights[3]).chunk(3, -1)
    r = (from_input[0] + from_state[0]).sigmoid()
    z = (from_input[1] + from_state[1]).sigmoid()
    n = (from_input[2] + r * from_state[2]).tanh()
    return (h - n) * z + n


class RNNBase(Module):
    """What the three recurrent layers share."""

    mode = "RNN"

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.nonlinearity = "tanh"
        if hidden_size <= 0:
            raise ValueError("hidden_size must be greater than zero")
        if num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        rows = GATES[self.mode] * hidden_size
        directions = 2 if bidirectional else 1
        for layer in range(num_layers):
            width = input_size if layer == 0 else hidden_size * directions
            for suffix in ("", "_reverse")[:directions]:
                shapes = {"weight_ih": (rows, width), "weight_hh": (rows, hidden_size)}
                if bias:
                    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}  # type: ignore[dict-item]
                for name, shape in shapes.items():
                    self.register_parameter(f"{name}_l{layer}{suffix}", new_parameter(shape, device, dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new values: uniform within ± 1 / √hidden_size."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self) -> None:
        """torch packs weights for its GPU kernels here; there is nothing to pack."""

    def _weights(self, layer: int, suffix: str) -> list[Any]:
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        return [self._parameters.get(f"{name}_l{layer}{suffix}") for name in names]

    def _step(self, x: Tensor, state: Any, weights: Any) -> Any:
        if self.mode == "LSTM":
            return lstm_step(x, state, weights)
        return gru_step(x, state, weights) if self.mode == "GRU" else rnn_step(x, state, weights, self.nonlinearity)

    def _start(self, input: Tensor, hx: Any, batch: int) -> list[Tensor]:
        """The first states: the given ones or zeros, each (layers · directions, batch, hidden)."""
        lines = self.num_layers * (2 if self.bidirectional else 1)
        count = 2 if self.mode == "LSTM" else 1
        if hx is None:
            return [run(OPS["new_zeros"], (input, (lines, batch, self.hidden_size)), {}) for _ in range(count)]
        states = list(hx) if self.mode == "LSTM" else [hx]
        states = [state if state.dim() == 3 else state.unsqueeze(1) for state in states]
        wanted = (lines, batch, self.hidden_size)
        for state in states:
            if tuple(state.shape) != wanted:
                raise RuntimeError(f"Expected hidden size {wanted}, got {list(state.shape)}")
        return states

    def _direction(self, steps: list[Tensor], state: Any, layer: int, suffix: str) -> tuple[list[Tensor], Any]:
        """The outputs of one layer in one direction, and its last state."""
        weights = self._weights(layer, suffix)
        outputs: list[Tensor] = []
        for x in reversed(steps) if suffix else steps:
            state = self._step(x, state, weights)
            outputs.append(state[0] if self.mode == "LSTM" else state)
        return (outputs[::-1] if suffix else outputs), state

    def forward(self, input: Tensor, hx: Any = None) -> Any:
        """Input (time, batch, input_size), or batch first, or one sequence; output and last states."""
        if input.dim() not in (2, 3):
            raise ValueError(f"{self.mode}: Expected input to be 2D or 3D, got {input.dim()}D instead")
        if input.size(-1) != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.size(-1)}"
            )
        batched = input.dim() == 3
        whole = input if batched else input.unsqueeze(1)
        if batched and self.batch_first:
            whole = whole.transpose(0, 1)
        starts = self._start(whole, hx, whole.size(1))
        steps = list(whole.unbind(0))
        last: list[Any] = []
        suffixes = ("", "_reverse") if self.bidirectional else ("",)
        for layer in range(self.num_layers):
            results = []
            for number, suffix in enumerate(suffixes):
                at = layer * len(suffixes) + number
                state = [s[at] for s in starts]
                outputs, end = self._direction(steps, state if self.mode == "LSTM" else state[0], layer, suffix)
                results.append(outputs)
                last.append(end)
            steps = results[0]
            if self.bidirectional:
                steps = [run(OPS["cat"], (list(pair), -1), {}) for pair in zip(*results, strict=True)]
            if self.dropout and self.training and layer < self.num_layers - 1:
                steps = [F.dropout(step, self.dropout) for step in steps]
        return self._finish(steps, last, batched)

    def _finish(self, steps: list[Tensor], last: list[Any], batched: bool) -> Any:
        """The outputs stacked over time, and the last states over layers and directions."""
        stack = OPS["stack"]
        output = run(stack, (steps, 0), {})
        if self.mode == "LSTM":
            ends: Any = tuple(run(stack, ([state[i] for state in last], 0), {}) for i in range(2))
        else:
            ends = run(stack, (last, 0), {})
        if not batched:
            ends = tuple(end.squeeze(1) for end in ends) if self.mode == "LSTM" else ends.squeeze(1)
            return output.squeeze(1), ends
        return (output.transpose(0, 1) if self.batch_first else output), ends

    def extra_repr(self) -> str:
        """The sizes, and what differs from the defaults."""
        text = f"{self.input_size}, {self.hidden_size}"
        for name, plain in (
            ("num_layers", 1),
            ("bias", True),
            ("batch_first", False),
            ("dropout", 0.0),
            ("bidirectional", False),
        ):
            if getattr(self, name) != plain:
                text += f", {name}={getattr(self, name)}"
        return text


class RNN(RNNBase):
    """A recurrent layer with tanh or relu."""

    mode = "RNN"

    def __init__(self, *args: Any, nonlinearity: str = "tanh", **kwargs: Any) -> None:
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        args_list = list(args)
        if len(args_list) > 3 and isinstance(args_list[3], str):
            nonlinearity = args_list.pop(3)
        super().__init__(*args_list, **kwargs)
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """A long short-term memory layer (Hochreiter and Schmidhuber, 1997)."""

    mode = "LSTM"


class GRU(RNNBase):
    """A gated recurrent layer (Cho and others, 2014)."""

    mode = "GRU"


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
        bound = 1.0 / math.sqrt(hidden_size) if hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    @property
    def weights(self) -> list[Any]:
        """The weights in the order a step takes them."""
        return [self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh]

    def zeros(self, input: Tensor) -> Tensor:
        """A first state."""
        return run(OPS["new_zeros"], (input, (*input.shape[:-1], self.hidden_size)), {})

    def extra_repr(self) -> str:
        """The sizes."""
        return f"{self.input_size}, {self.hidden_size}" + ("" if self.bias else f", bias={self.bias}")


class RNNCell(RNNCellBase):
    """One step of a recurrent layer."""

    mode = "RNN"

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", **options: Any
    ) -> None:
        super().__init__(input_size, hidden_size, bias, **options)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor = None) -> Tensor:
        """Input (batch, input_size) and state (batch, hidden_size); the next state."""
        return rnn_step(input, self.zeros(input) if hx is None else hx, self.weights, self.nonlinearity)


class LSTMCell(RNNCellBase):
    """One step of an LSTM."""

    mode = "LSTM"

    def forward(self, input: Tensor, hx: Any = None) -> tuple[Tensor, Tensor]:
        """Input (batch, input_size) and the two states; the next states."""
        return lstm_step(input, (self.zeros(input), self.zeros(input)) if hx is None else hx, self.weights)


class GRUCell(RNNCellBase):
    """One step of a GRU."""

    mode = "GRU"

    def forward(self, input: Tensor, hx: Tensor = None) -> Tensor:
        """Input (batch, input_size) and state (batch, hidden_size); the next state."""
        return gru_step(input, self.zeros(input) if hx is None else hx, self.weights)
