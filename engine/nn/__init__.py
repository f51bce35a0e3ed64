"""Layers, losses and the modules that hold them: `torch.nn`."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from engine.nn import (
    activations,
    attention,
    bags,
    cells,
    containers,
    convolution,
    criteria,
    functional,
    grids,
    init,
    lazy,
    linear,
    normalisation,
    parallel,
    recurrent,
    transformer,
    utils,
)
from engine.nn.module import Module
from engine.nn.parameter import Buffer, Parameter

__all__ = ["Buffer", "Module", "Parameter", "functional", "init", "utils"]


def _classes(module: ModuleType) -> dict[str, Any]:
    """The public module classes that a module defines."""
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Module) and not name.startswith("_")
    }


LAYERS = (
    activations,
    attention,
    bags,
    cells,
    containers,
    convolution,
    criteria,
    grids,
    lazy,
    linear,
    normalisation,
    parallel,
    recurrent,
    transformer,
)
for _module in LAYERS:
    globals().update(_classes(_module))


functional.multi_head_attention_forward = attention.multi_head_attention_forward  # type: ignore[attr-defined]
for _name in ("parametrize", "parametrizations", "prune"):  # which build on the layers
    importlib.import_module(f"engine.nn.utils.{_name}")

HOMES = {
    "activation": "CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid LogSoftmax Mish "
    "MultiheadAttention PReLU RReLU ReLU ReLU6 SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus Softshrink "
    "Softsign Tanh Tanhshrink Threshold",
    "batchnorm": "BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d",
    "container": "ModuleDict ModuleList ParameterDict ParameterList Sequential",
    "conv": "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d LazyConv2d LazyConv3d "
    "LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d",
    "dropout": "AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout",
    "flatten": "Flatten Unflatten",
    "instancenorm": "InstanceNorm1d InstanceNorm2d InstanceNorm3d LazyInstanceNorm1d LazyInstanceNorm2d "
    "LazyInstanceNorm3d",
    "linear": "Bilinear Identity LazyLinear Linear",
    "loss": "CTCLoss GaussianNLLLoss HuberLoss KLDivLoss L1Loss MSELoss PoissonNLLLoss SmoothL1Loss",
    "module": "Module",
    "normalization": "GroupNorm LayerNorm LocalResponseNorm RMSNorm",
    "pooling": "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveMaxPool1d AdaptiveMaxPool2d AvgPool1d AvgPool2d AvgPool3d "
    "FractionalMaxPool2d FractionalMaxPool3d LPPool1d LPPool2d LPPool3d MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d "
    "MaxUnpool2d MaxUnpool3d",
    "rnn": "GRU GRUCell LSTM LSTMCell RNN RNNCell",
    "sparse": "Embedding EmbeddingBag",
    "transformer": "Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer",
    "upsampling": "Upsample",
}
"""The file of torch.nn.modules where each layer lives, which `print(type(layer))` shows."""

for _home, _names in HOMES.items():
    for _name in _names.split():
        globals()[_name].__module__ = f"torch.nn.modules.{_home}"
