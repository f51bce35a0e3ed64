"""`torch.nn.utils.rnn`: sequences of different lengths in one tensor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from engine.apply import run
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


def pad_sequence(
    sequences: Sequence[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """The sequences side by side, filled up to the longest."""
    longest = max(sequence.size(0) for sequence in sequences)
    padded = []
    for sequence in sequences:
        room = (0, longest - sequence.size(0))
        ends = room if padding_side == "right" else room[::-1]
        amounts = (*(0,) * (2 * (sequence.dim() - 1)), *ends)
        padded.append(run(OPS["constant_pad_nd"], (sequence, amounts, padding_value), {}))
    return run(OPS["stack"], (padded, 0 if batch_first else 1), {})


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The sequences again, each cut to its length."""
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [row[:length] for row, length in zip(rows, lengths.tolist(), strict=True)]
