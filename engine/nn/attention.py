"""Multi-head attention (Vaswani and others, 2017); the layers around it are in transformer.py."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from engine.apply import run
from engine.dtypes import bool_
from engine.nn import functional as F
from engine.nn import init
from engine.nn.linear import Linear, new_parameter
from engine.nn.module import Module
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


class NonDynamicallyQuantizableLinear(Linear):
    """The linear layer behind an attention's heads, under the name torch prints."""


class MultiheadAttention(Module):
    """Several scaled dot-product attentions side by side."""

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and num_heads={num_heads} "
                "instead"
            )
        if embed_dim % num_heads:
            raise AssertionError("embed_dim must be divisible by num_heads")
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.same = self.kdim == embed_dim and self.vdim == embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        self.add_zero_attn = add_zero_attn
        shapes: dict[str, tuple[int, ...]] = {"in_proj_weight": (3 * embed_dim, embed_dim)}
        if not self.same:
            widths = (embed_dim, self.kdim, self.vdim)
            shapes = {f"{n}_proj_weight": (embed_dim, w) for n, w in zip("qkv", widths, strict=True)}
        for name, shape in shapes.items():
            self.register_parameter(name, new_parameter(shape, device, dtype))
        self.register_parameter("in_proj_bias", new_parameter((3 * embed_dim,), device, dtype) if bias else None)
        for name in ("bias_k", "bias_v"):
            extra = new_parameter((1, 1, embed_dim), device, dtype) if add_bias_kv else None
            self.register_parameter(name, extra)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias, device, dtype)
        for name in shapes:
            init.xavier_uniform_(self._parameters[name])
        if bias:
            init.constant_(self.in_proj_bias, 0.0)
            init.constant_(self.out_proj.bias, 0.0)
        for extra in (self.bias_k, self.bias_v):
            if extra is not None:
                init.xavier_normal_(extra)

    def _project(self, inputs: tuple[Tensor, Tensor, Tensor]) -> list[Tensor]:
        """Queries, keys and values."""
        weights = (
            self.in_proj_weight.chunk(3, 0) if self.same else [self._parameters[f"{n}_proj_weight"] for n in "qkv"]
        )
        biases = (None,) * 3 if self.in_proj_bias is None else self.in_proj_bias.chunk(3, 0)
        return [F.linear(x, w, b) for x, w, b in zip(inputs, weights, biases, strict=True)]  # type: ignore[attr-defined]

    def _check(self, query: Tensor, key: Tensor, value: Tensor) -> None:
        if query.dim() not in (2, 3):
            raise AssertionError(
                f"query should be unbatched 2D or batched 3D tensor but received {query.dim()}-D query tensor"
            )
        if key.dim() != query.dim() or value.dim() != query.dim():
            kind = "batched (3-D)" if query.dim() == 3 else "unbatched (2-D)"
            raise AssertionError(
                f"For {kind} `query`, expected `key` and `value` to be {query.dim()}-D but found {key.dim()}-D and "
                f"{value.dim()}-D tensors respectively"
            )
        if query.shape[-1] != self.embed_dim:
            raise AssertionError(f"was expecting embedding dimension of {self.embed_dim}, but got {query.shape[-1]}")
        if self.same and key.shape != value.shape:
            raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
        if key.shape[:-1] != value.shape[:-1]:
            raise AssertionError(
                f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}"
            )

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor = None,
        need_weights: bool = True,
        attn_mask: Tensor = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor]:
        """Query (targets, batch, embed_dim) or batch first; output of its shape, and the attention weights."""
        self._check(query, key, value)
        if is_causal and attn_mask is None:
            raise RuntimeError(
                "Need attn_mask if specifying the is_causal hint. You may use the Transformer module method "
                "`generate_square_subsequent_mask` to create this mask."
            )
        batched = query.dim() == 3
        inputs = (query, key, value) if batched else tuple(x.unsqueeze(0) for x in (query, key, value))
        if batched and not self.batch_first:
            inputs = tuple(x.transpose(0, 1) for x in inputs)
        batch, targets, _ = inputs[0].shape
        heads, added = self._heads(inputs)
        scores = heads[0] * math.sqrt(1.0 / self.head_dim) @ heads[1].transpose(-2, -1)
        if attn_mask is not None:
            scores = masked(scores, _widened(self._attention_mask(attn_mask, scores, added), added))
        if key_padding_mask is not None:
            padding = key_padding_mask if batched else key_padding_mask.unsqueeze(0)
            sources = scores.size(-1) - added
            for axis, size in enumerate((batch, sources)):
                if padding.shape[axis] != size:
                    raise AssertionError(
                        f"Expected key_padded_mask.shape[{axis}] to be {size}, but got {padding.shape[axis]}"
                    )
            scores = masked(scores, _widened(padding, added).reshape(batch, 1, 1, -1))
        weights = F.softmax(scores, -1)
        if self.dropout > 0:
            weights = F.dropout(weights, self.dropout, self.training)
        joined = (weights @ heads[2]).permute(2, 0, 1, 3).reshape(targets, batch, self.embed_dim)
        out = self.out_proj(joined)
        shown = weights.mean(1) if average_attn_weights else weights
        if not batched:
            out, shown = out.squeeze(1), shown.squeeze(0)
        elif self.batch_first:
            out = out.transpose(0, 1)
        return out, (shown if need_weights else None)

    def _heads(self, inputs: tuple[Tensor, ...]) -> tuple[list[Tensor], int]:
        """Queries, keys and values (batch, heads, length, head_dim), and how many keys were added to the source's."""
        batch = inputs[0].size(0)
        queries, keys, values = self._project(inputs)
        added = 0
        cat = OPS["cat"]
        if self.bias_k is not None:
            keys = run(cat, ([keys, self.bias_k.repeat(batch, 1, 1)], 1), {})
            values = run(cat, ([values, self.bias_v.repeat(batch, 1, 1)], 1), {})
            added += 1
        if self.add_zero_attn:
            zeros = run(OPS["new_zeros"], (keys, (batch, 1, self.embed_dim)), {})
            keys, values = (run(cat, ([x, zeros], 1), {}) for x in (keys, values))
            added += 1
        split = [x.reshape(batch, -1, self.num_heads, self.head_dim).transpose(1, 2) for x in (queries, keys, values)]
        return split, added

    def _attention_mask(self, mask: Tensor, scores: Tensor, added: int) -> Tensor:
        """An attention mask in a shape that goes with the scores."""
        batch, heads, targets, sources = scores.shape
        wanted = (targets, sources - added) if mask.dim() == 2 else (batch * heads, targets, sources - added)
        if mask.dim() not in (2, 3):
            raise RuntimeError(f"attn_mask's dimension {mask.dim()} is not supported")
        if tuple(mask.shape) != wanted:
            raise RuntimeError(f"The shape of the {mask.dim()}D attn_mask is {mask.shape}, but should be {wanted}.")
        return mask if mask.dim() == 2 else mask.reshape(batch, heads, targets, -1)


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor,
    in_proj_bias: Tensor,
    bias_k: Tensor,
    bias_v: Tensor,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor,
    training: bool = True,
    key_padding_mask: Tensor = None,
    need_weights: bool = True,
    attn_mask: Tensor = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor = None,
    k_proj_weight: Tensor = None,
    v_proj_weight: Tensor = None,
    static_k: Tensor = None,
    static_v: Tensor = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor]:
    """What MultiheadAttention computes, with weights from elsewhere; sequences come before batches."""
    if static_k is not None or static_v is not None:
        raise NotImplementedError("multi_head_attention_forward has no static_k and static_v here")
    layer: Any = MultiheadAttention.__new__(MultiheadAttention)
    Module.__init__(layer)
    width = query.shape[-1]
    layer.__dict__.update(
        {"embed_dim": embed_dim_to_check, "num_heads": num_heads, "head_dim": width // num_heads, "training": training},
        same=not use_separate_proj_weight,
        add_zero_attn=add_zero_attn,
        dropout=dropout_p,
        batch_first=False,
        out_proj=lambda joined: F.linear(joined, out_proj_weight, out_proj_bias),  # type: ignore[attr-defined]
    )
    given = {"in_proj_weight": in_proj_weight, "in_proj_bias": in_proj_bias, "bias_k": bias_k, "bias_v": bias_v}
    weights = {"q_proj_weight": q_proj_weight, "k_proj_weight": k_proj_weight, "v_proj_weight": v_proj_weight}
    layer._parameters.update(given | weights)
    options = (key_padding_mask, need_weights, attn_mask, average_attn_weights, is_causal)
    return MultiheadAttention.forward(layer, query, key, value, *options)


def _widened(mask: Tensor, added: int) -> Tensor:
    """A mask that lets everything see the added keys."""
    return run(OPS["constant_pad_nd"], (mask, (0, added), 0), {}) if added else mask


def masked(scores: Tensor, mask: Tensor) -> Tensor:
    """Scores with −∞ where a boolean mask is set, or with a mask added."""
    if mask.dtype is bool_:
        return scores.masked_fill(mask, -math.inf)
    if not mask.is_floating_point():
        raise AssertionError("only bool and floating types of attn_mask are supported")
    return scores + mask
