"""`EmbeddingBag`: a table whose rows are summed, averaged or maximised over bags of indices."""

from __future__ import annotations

from typing import Any, TypeAlias

from engine.nn import functional as F
from engine.nn.linear import Embedding

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


class EmbeddingBag(Embedding):
    """A table whose rows are looked up and reduced, bag by bag."""

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        options = (padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
        super().__init__(num_embeddings, embedding_dim, *options, _weight=_weight, device=device, dtype=dtype)
        self.mode = mode
        self.include_last_offset = include_last_offset

    def forward(self, input: Tensor, offsets: Tensor = None, per_sample_weights: Tensor = None) -> Tensor:
        """Indices (bags, n), or in one row with the offsets where bags begin; output (bags, embedding_dim)."""
        options = (self.max_norm, self.norm_type, self.scale_grad_by_freq, self.mode, self.sparse)
        last = (per_sample_weights, self.include_last_offset, self.padding_idx)
        return F.embedding_bag(input, self.weight, offsets, *options, *last)  # type: ignore[attr-defined]

    def extra_repr(self) -> str:
        """The sizes, the mode, and the padding row where there is one."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}, mode={self.mode!r}{padding}"
