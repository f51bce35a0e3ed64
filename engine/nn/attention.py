"""Attention and transformer layers (Vaswani and others, 2017)."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any, TypeAlias

from engine.apply import run
from engine.dtypes import bool_
from engine.nn import functional as F
from engine.nn import init
from engine.nn.activations import Dropout
from engine.nn.containers import ModuleList
from engine.nn.linear import Linear, new_parameter
from engine.nn.module import Module
from engine.nn.normalisation import LayerNorm
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
        widths = {"in_proj_weight": (3 * embed_dim, embed_dim)}
        if not self.same:
            widths = {
                f"{n}_proj_weight": (embed_dim, w)
                for n, w in zip("qkv", (embed_dim, self.kdim, self.vdim), strict=True)
            }
        for name, shape in widths.items():
            self.register_parameter(name, new_parameter(shape, device, dtype))
        self.register_parameter("in_proj_bias", new_parameter((3 * embed_dim,), device, dtype) if bias else None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias, device, dtype)
        for name in widths:
            init.xavier_uniform_(self._parameters[name])
        if bias:
            init.constant_(self.in_proj_bias, 0.0)
            init.constant_(self.out_proj.bias, 0.0)

    def _project(self, inputs: tuple[Tensor, Tensor, Tensor]) -> list[Tensor]:
        """Queries, keys and values."""
        weights = (
            self.in_proj_weight.chunk(3, 0) if self.same else [self._parameters[f"{n}_proj_weight"] for n in "qkv"]
        )
        biases = (None,) * 3 if self.in_proj_bias is None else self.in_proj_bias.chunk(3, 0)
        return [F.linear(x, w, b) for x, w, b in zip(inputs, weights, biases, strict=True)]  # type: ignore[attr-defined]

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
        batched = query.dim() == 3
        inputs = (query, key, value) if batched else tuple(x.unsqueeze(0) for x in (query, key, value))
        if batched and not self.batch_first:
            inputs = tuple(x.transpose(0, 1) for x in inputs)
        batch, targets, _ = inputs[0].shape
        heads = [x.reshape(batch, -1, self.num_heads, self.head_dim).transpose(1, 2) for x in self._project(inputs)]
        scores = heads[0] * math.sqrt(1.0 / self.head_dim) @ heads[1].transpose(-2, -1)
        if attn_mask is not None:
            mask = attn_mask
            if mask.dim() == 3:
                mask = mask.reshape(batch, self.num_heads, targets, -1)
            scores = masked(scores, mask)
        if key_padding_mask is not None:
            padding = key_padding_mask if batched else key_padding_mask.unsqueeze(0)
            scores = masked(scores, padding.reshape(batch, 1, 1, -1))
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


def masked(scores: Tensor, mask: Tensor) -> Tensor:
    """Scores with −∞ where a boolean mask is set, or with a mask added."""
    return scores.masked_fill(mask, -math.inf) if mask.dtype is bool_ else scores + mask


def activation_of(name: Any) -> Callable[[Tensor], Tensor]:
    """An activation given by name or as a function."""
    if callable(name):
        return name  # type: ignore[no-any-return]
    if name not in ("relu", "gelu"):
        raise RuntimeError(f"activation should be relu/gelu, not {name}")
    return getattr(F, name)  # type: ignore[no-any-return]


class _Layer(Module):
    """What encoder and decoder layers share: the two linear maps between the attentions' results."""

    def __init__(
        self, d_model: int, dim_feedforward: int, dropout: float, activation: Any, norm_first: bool, bias: bool
    ) -> None:
        super().__init__()
        self.activation = activation_of(activation)
        self.norm_first = norm_first

    def _feed(self, x: Tensor, last: Module) -> Tensor:
        return last(self.linear2(self.dropout(self.activation(self.linear1(x)))))


class TransformerEncoderLayer(_Layer):
    """Self-attention and a feed-forward network, each with a residual and a norm."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Any = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__(d_model, dim_feedforward, dropout, activation, norm_first, bias)
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first)
        self.linear1 = Linear(d_model, dim_feedforward, bias)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias)
        self.norm1 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.norm2 = LayerNorm(d_model, layer_norm_eps, bias=bias)
        self.dropout1 = Dropout(dropout)
        self.dropout2 = Dropout(dropout)

    def _attend(self, x: Tensor, mask: Tensor, padding: Tensor) -> Tensor:
        return self.dropout1(self.self_attn(x, x, x, padding, False, mask)[0])

    def forward(
        self, src: Tensor, src_mask: Tensor = None, src_key_padding_mask: Tensor = None, is_causal: bool = False
    ) -> Tensor:
        """Source (length, batch, d_model) or batch first; output of the same shape."""
        x = src
        if self.norm_first:
            x = x + self._attend(self.norm1(x), src_mask, src_key_padding_mask)
            return x + self._feed(self.norm2(x), self.dropout2)
        x = self.norm1(x + self._attend(x, src_mask, src_key_padding_mask))
        return self.norm2(x + self._feed(x, self.dropout2))


class TransformerDecoderLayer(_Layer):
    """Self-attention, attention to a memory, and a feed-forward network."""

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Any = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__(d_model, dim_feedforward, dropout, activation, norm_first, bias)
        self.self_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first)
        self.multihead_attn = MultiheadAttention(d_model, nhead, dropout, bias, batch_first=batch_first)
        self.linear1 = Linear(d_model, dim_feedforward, bias)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias)
        for i in (1, 2, 3):
            setattr(self, f"norm{i}", LayerNorm(d_model, layer_norm_eps, bias=bias))
        for i in (1, 2, 3):
            setattr(self, f"dropout{i}", Dropout(dropout))

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor = None,
        memory_mask: Tensor = None,
        tgt_key_padding_mask: Tensor = None,
        memory_key_padding_mask: Tensor = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """Target (length, batch, d_model) and the encoder's memory; output of the target's shape."""

        def own(x: Tensor) -> Tensor:
            return self.dropout1(self.self_attn(x, x, x, tgt_key_padding_mask, False, tgt_mask)[0])

        def other(x: Tensor) -> Tensor:
            found, _ = self.multihead_attn(x, memory, memory, memory_key_padding_mask, False, memory_mask)
            return self.dropout2(found)

        x = tgt
        if self.norm_first:
            x = x + own(self.norm1(x))
            x = x + other(self.norm2(x))
            return x + self._feed(self.norm3(x), self.dropout3)
        x = self.norm1(x + own(x))
        x = self.norm2(x + other(x))
        return self.norm3(x + self._feed(x, self.dropout3))


def copies(layer: Module, count: int) -> ModuleList:
    """Independent copies of a layer, with the same values."""
    return ModuleList([copy.deepcopy(layer) for _ in range(count)])


class TransformerEncoder(Module):
    """Encoder layers one after the other."""

    def __init__(
        self, encoder_layer: Module, num_layers: int, norm: Any = None, enable_nested_tensor: bool = True
    ) -> None:
        super().__init__()
        self.layers = copies(encoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self, src: Tensor, mask: Tensor = None, src_key_padding_mask: Tensor = None, is_causal: Any = None
    ) -> Tensor:
        """The last layer's output."""
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask)
        return src if self.norm is None else self.norm(src)


class TransformerDecoder(Module):
    """Decoder layers one after the other."""

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Any = None) -> None:
        super().__init__()
        self.layers = copies(decoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm

    def forward(self, tgt: Tensor, memory: Tensor, tgt_mask: Tensor = None, memory_mask: Tensor = None) -> Tensor:
        """The last layer's output."""
        for layer in self.layers:
            tgt = layer(tgt, memory, tgt_mask, memory_mask)
        return tgt if self.norm is None else self.norm(tgt)


class Transformer(Module):
    """An encoder and a decoder."""

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Any = "relu",
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__()
        args = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)
        encoder_layer = TransformerEncoderLayer(*args)
        self.encoder = TransformerEncoder(
            encoder_layer, num_encoder_layers, LayerNorm(d_model, layer_norm_eps, bias=bias)
        )
        decoder_layer = TransformerDecoderLayer(*args)
        self.decoder = TransformerDecoder(
            decoder_layer, num_decoder_layers, LayerNorm(d_model, layer_norm_eps, bias=bias)
        )
        for parameter in self.parameters():
            if parameter.dim() > 1:
                init.xavier_uniform_(parameter)
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def forward(self, src: Tensor, tgt: Tensor, src_mask: Tensor = None, tgt_mask: Tensor = None) -> Tensor:
        """Source and target sequences; output of the target's shape."""
        return self.decoder(tgt, self.encoder(src, src_mask), tgt_mask)

    @staticmethod
    def generate_square_subsequent_mask(size: int) -> Tensor:
        """−∞ above the diagonal: no place sees a later one."""
        return run(OPS["full"], ((size, size), -math.inf), {}).triu(1)
