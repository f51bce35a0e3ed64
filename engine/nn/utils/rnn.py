"""`torch.nn.utils.rnn`: sequences of different lengths in one tensor, padded or packed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple, TypeAlias

from engine.apply import run
from engine.registry import OPS
from engine.tensor import Tensor as TensorType

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any

__all__ = [
    "PackedSequence",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor
    unsorted_indices: Tensor


class PackedSequence(_Packed):
    """Sequences without padding: for each time step the rows of those that last so long, the longest first.

    `batch_sizes` counts the rows of each step; the indices say how the sequences were sorted, and how to undo it.
    """

    __module__ = "torch.nn.utils.rnn"

    def __new__(
        cls, data: Tensor, batch_sizes: Tensor = None, sorted_indices: Tensor = None, unsorted_indices: Tensor = None
    ) -> PackedSequence:
        if unsorted_indices is None and sorted_indices is not None:
            unsorted_indices = sorted_indices.argsort()
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same with its data on another device or of another type."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else self._replace(data=data)

    def cpu(self) -> PackedSequence:
        """The same on the CPU."""
        return self.to("cpu")

    def cuda(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same on a CUDA device."""
        return self.to("cuda")

    @property
    def is_cuda(self) -> bool:
        """Whether the data is on a CUDA device."""
        return bool(self.data.is_cuda)

    def steps(self) -> list[Tensor]:
        """The rows of each time step."""
        ends = [0, *accumulate(self.batch_sizes.tolist())]
        return [self.data[start:end] for start, end in pairwise(ends)]


def _places(batch_sizes: list[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The time step and the sequence of every packed row."""
    pairs = [(time, row) for time, count in enumerate(batch_sizes) for row in range(count)]
    return tuple(time for time, _ in pairs), tuple(row for _, row in pairs)


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Sequences (time, batch, …) without their padding; they are sorted by length unless they are already."""
    counts = lengths.tolist() if hasattr(lengths, "tolist") else [int(n) for n in lengths]
    order = None
    if not enforce_sorted:
        order = run(OPS["tensor"], (counts,), {}).argsort(descending=True, stable=True)
        input = input.index_select(0 if batch_first else 1, order)
        counts.sort(reverse=True)
    whole = input.transpose(0, 1) if batch_first else input
    if len(counts) != whole.size(1):
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(counts)} (batch_size={whole.size(1)})"
        )
    if min(counts) <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if any(first < second for first, second in pairwise(counts)):
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you "
            "do not need ONNX exportability."
        )
    sizes = [sum(count > time for count in counts) for time in range(counts[0])]
    data = run(OPS["_pack_padded_sequence"], (whole, _places(sizes)), {})
    return PackedSequence(data, run(OPS["tensor"], (sizes,), {}), order)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """The sequences padded again, in the order they had before packing, and their lengths."""
    sizes = sequence.batch_sizes.tolist()
    length = len(sizes)
    if total_length is not None:
        if total_length < length:
            raise ValueError(
                "Expected total_length to be at least the length of the longest sequence in input, but got "
                f"total_length={total_length} and max sequence length being {length}"
            )
        length = total_length
    shape = (length, sizes[0], *sequence.data.shape[1:])
    padded = run(OPS["_pad_packed_sequence"], (sequence.data, _places(sizes), shape, float(padding_value)), {})
    if batch_first:
        padded = padded.transpose(0, 1)
    lengths = run(OPS["tensor"], ([sum(size > row for size in sizes) for row in range(sizes[0])],), {})
    if sequence.unsorted_indices is None:
        return padded, lengths
    back = sequence.unsorted_indices
    return padded.index_select(0 if batch_first else 1, back), lengths[back]


def pad_sequence(
    sequences: Iterable[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """The sequences side by side, filled up to the longest."""
    rows = list(sequences.unbind(0) if isinstance(sequences, TensorType) else sequences)
    if not rows:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    longest = max(row.size(0) for row in rows)
    padded = []
    for row in rows:
        room = (0, longest - row.size(0))
        ends = room if padding_side == "right" else room[::-1]
        amounts = (*(0,) * (2 * (row.dim() - 1)), *ends)
        padded.append(run(OPS["constant_pad_nd"], (row, amounts, padding_value), {}))
    return run(OPS["stack"], (padded, 0 if batch_first else 1), {})


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The sequences again, each cut to its length."""
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [row[:length] for row, length in zip(rows, lengths.tolist(), strict=True)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences of different lengths, packed."""
    lengths = [sequence.size(0) for sequence in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The packed sequences as a list."""
    return unpad_sequence(*pad_packed_sequence(packed_sequences))
