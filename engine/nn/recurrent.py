"""Recurrent layers: RNN, LSTM, GRU.

A layer runs its cell over the time steps in ordinary operators, so that a recording shows every step.
"""

from __future__ import annotations

import math
import warnings
from typing import Any, TypeAlias

from engine.apply import run
from engine.autocasting import is_autocast_enabled
from engine.nn import functional as F
from engine.nn import init
from engine.nn.cells import GATES, gru_step, lstm_step, rnn_step
from engine.nn.linear import new_parameter
from engine.nn.module import Module
from engine.nn.utils.rnn import PackedSequence
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any
States = list[Tensor]
"""The hidden state, and for an LSTM the cell state."""


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
        proj_size: int = 0,
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
        self.proj_size = proj_size
        self.nonlinearity = "tanh"
        self._check()
        rows = GATES[self.mode] * hidden_size
        state = proj_size or hidden_size
        for layer in range(num_layers):
            width = input_size if layer == 0 else state * len(self._suffixes)
            for suffix in self._suffixes:
                shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, width), "weight_hh": (rows, state)}
                if bias:
                    shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
                if proj_size:
                    shapes["weight_hr"] = (proj_size, hidden_size)
                for name, shape in shapes.items():
                    self.register_parameter(f"{name}_l{layer}{suffix}", new_parameter(shape, device, dtype))
        self.reset_parameters()

    def _check(self) -> None:
        if not 0 <= self.dropout <= 1:
            raise ValueError(
                "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
            )
        if self.dropout > 0 and self.num_layers == 1:
            warnings.warn(
                "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects "
                f"num_layers greater than 1, but got dropout={self.dropout} and num_layers={self.num_layers}",
                stacklevel=3,
            )
        if not isinstance(self.hidden_size, int):
            raise TypeError(f"hidden_size should be of type int, got: {type(self.hidden_size).__name__}")
        if self.hidden_size <= 0:
            raise ValueError("hidden_size must be greater than zero")
        if self.num_layers <= 0:
            raise ValueError("num_layers must be greater than zero")
        if self.proj_size and self.mode != "LSTM":
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        if self.proj_size < 0:
            raise ValueError("proj_size should be a positive integer or zero to disable projections")
        if self.proj_size >= self.hidden_size:
            raise ValueError("proj_size has to be smaller than hidden_size")

    @property
    def _suffixes(self) -> tuple[str, ...]:
        return ("", "_reverse") if self.bidirectional else ("",)

    def reset_parameters(self) -> None:
        """Draw new values: uniform within ± 1 / √hidden_size."""
        bound = 1.0 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def flatten_parameters(self) -> None:
        """torch packs weights for its GPU kernels here; there is nothing to pack."""

    @property
    def all_weights(self) -> list[list[Any]]:
        """The weights of each layer and direction."""
        layers = [(layer, suffix) for layer in range(self.num_layers) for suffix in self._suffixes]
        return [[weight for weight in self._weights(*at) if weight is not None] for at in layers]

    def _weights(self, layer: int, suffix: str) -> list[Any]:
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")
        return [self._parameters.get(f"{name}_l{layer}{suffix}") for name in names]

    def _step(self, x: Tensor, state: States, weights: Any) -> States:
        if self.mode == "LSTM":
            return list(lstm_step(x, state, weights))
        if self.mode == "GRU":
            return [gru_step(x, state[0], weights)]
        return [rnn_step(x, state[0], weights, self.nonlinearity)]

    def _start(self, input: Tensor, hx: Any, batch: int, batched: bool) -> States:
        """The first states: the given ones or zeros, each (layers · directions, batch, width)."""
        widths = [self.proj_size or self.hidden_size, self.hidden_size][: 2 if self.mode == "LSTM" else 1]
        shapes = [(self.num_layers * len(self._suffixes), batch, width) for width in widths]
        if hx is None:
            return [run(OPS["new_zeros"], (input, shape), {}) for shape in shapes]
        states = [hx[0], hx[1]] if self.mode == "LSTM" else [hx]
        if any(state.dim() != (3 if batched else 2) for state in states):
            raise RuntimeError(_wrong_rank(states, batched))
        states = [state if batched else state.unsqueeze(1) for state in states]
        for number, (state, shape) in enumerate(zip(states, shapes, strict=True)):
            if tuple(state.shape) != shape:
                name = f"hidden[{number}]" if self.mode == "LSTM" else "hidden"
                raise RuntimeError(f"Expected {name} size {shape}, got {list(state.shape)}")
        return states

    def _run(self, steps: list[Tensor], start: States, weights: Any) -> tuple[list[Tensor], States]:
        """The outputs of one layer in one direction, and its last states.

        The steps of packed sequences get shorter, or in reverse longer: rows of the states are put aside, or join.
        """
        count = steps[0].size(0)
        state, ended, outputs = [s[:count] if s.size(0) > count else s for s in start], [], []
        for x in steps:
            if x.size(0) < count:
                ended.append([s[x.size(0) :] for s in state])
                state = [s[: x.size(0)] for s in state]
            elif x.size(0) > count:
                state = [_joined([s, whole[count : x.size(0)]]) for s, whole in zip(state, start, strict=True)]
            count = x.size(0)
            state = self._step(x, state, weights)
            outputs.append(state[0])
        if ended:
            state = [_joined(list(parts)) for parts in zip(state, *reversed(ended), strict=True)]
        return outputs, state

    def forward(self, input: Any, hx: Any = None) -> Any:
        """Input (time, batch, input_size), batch first, one sequence, or packed; output and last states."""
        if isinstance(input, PackedSequence):
            self._check_width(input.data)
            order, back = input.sorted_indices, input.unsorted_indices
            starts = self._start(input.data, hx, int(input.batch_sizes[0]), True)
            if hx is not None and order is not None:
                starts = [state.index_select(1, order) for state in starts]
            steps, ends = self._layers(input.steps(), starts)
            if back is not None:
                ends = [end.index_select(1, back) for end in ends]
            return input._replace(data=_joined(steps)), self._states(ends)
        if input.dim() not in (2, 3):
            raise ValueError(f"{self.mode}: Expected input to be 2D or 3D, got {input.dim()}D instead")
        self._check_width(input)
        batched = input.dim() == 3
        whole = input if batched else input.unsqueeze(1)
        if batched and self.batch_first:
            whole = whole.transpose(0, 1)
        steps, ends = self._layers(list(whole.unbind(0)), self._start(whole, hx, whole.size(1), batched))
        output = run(OPS["stack"], (steps, 0), {})
        if not batched:
            return output.squeeze(1), self._states([end.squeeze(1) for end in ends])
        return (output.transpose(0, 1) if self.batch_first else output), self._states(ends)

    def _check_width(self, input: Tensor) -> None:
        if input.size(-1) != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.size(-1)}"
            )
        weight = self._weights(0, "")[0]
        if input.dtype is not weight.dtype and not is_autocast_enabled(input.device.type):
            raise ValueError(
                f"{self.mode} input dtype ({input.dtype}) does not match weight dtype ({weight.dtype}). Convert "
                f"input: input.to({weight.dtype}), or convert model: model.to({input.dtype})"
            )

    def _layers(self, steps: list[Tensor], starts: States) -> tuple[list[Tensor], States]:
        """The outputs of the last layer, and the last states of all, stacked over layers and directions."""
        last: list[States] = []
        for layer in range(self.num_layers):
            results = []
            for suffix in self._suffixes:
                state = [s[len(last)] for s in starts]
                outputs, end = self._run(steps[::-1] if suffix else steps, state, self._weights(layer, suffix))
                results.append(outputs[::-1] if suffix else outputs)
                last.append(end)
            steps = results[0]
            if self.bidirectional:
                steps = [_joined(list(pair), -1) for pair in zip(*results, strict=True)]
            if self.dropout and self.training and layer < self.num_layers - 1:
                steps = [F.dropout(step, self.dropout) for step in steps]
        return steps, [run(OPS["stack"], (list(states), 0), {}) for states in zip(*last, strict=True)]

    def _states(self, ends: States) -> Any:
        return tuple(ends) if self.mode == "LSTM" else ends[0]

    def extra_repr(self) -> str:
        """The sizes, and what differs from the defaults."""
        text = f"{self.input_size}, {self.hidden_size}"
        for name, plain in (
            ("proj_size", 0),
            ("num_layers", 1),
            ("bias", True),
            ("batch_first", False),
            ("dropout", 0.0),
            ("bidirectional", False),
        ):
            if getattr(self, name) != plain:
                text += f", {name}={getattr(self, name)}"
        return text


def _joined(parts: list[Tensor], dim: int = 0) -> Tensor:
    return run(OPS["cat"], (parts, dim), {})


def _wrong_rank(states: States, batched: bool) -> str:
    kind, wanted = ("batched 3-D", "3-D") if batched else ("unbatched 2-D", "2-D")
    if len(states) == 1:
        return f"For {kind} input, hx should also be {wanted} but got {states[0].dim()}-D tensor"
    ranks = ", ".join(f"{state.dim()}-D" for state in states)
    return f"For {kind} input, hx and cx should also be {wanted} but got ({ranks}) tensors"


class RNN(RNNBase):
    """A recurrent layer with tanh or relu."""

    mode = "RNN"

    def __init__(self, *args: Any, nonlinearity: str = "tanh", **kwargs: Any) -> None:
        if len(args) > 3 and isinstance(args[3], str):
            nonlinearity, args = args[3], (*args[:3], *args[4:])
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(*args, **kwargs)
        self.nonlinearity = nonlinearity


class LSTM(RNNBase):
    """A long short-term memory layer (Hochreiter and Schmidhuber, 1997)."""

    mode = "LSTM"


class GRU(RNNBase):
    """A gated recurrent layer (Cho and others, 2014)."""

    mode = "GRU"
