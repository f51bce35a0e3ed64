"""An automatic-differentiation engine that speaks PyTorch's dialect: `import engine as torch`.

Gathers the public names; each is owned by a module below.  NumPy's floating-point warnings are switched off here,
once, because a program meets infinities and NaN as values, as it does in PyTorch.
"""

from __future__ import annotations

import importlib as _importlib
from typing import Any

import numpy as _np

from engine import accelerator, amp, autograd, cpu, cuda, linalg, special
from engine import dtypes as _dtypes
from engine import legacy as _legacy
from engine import methods as _methods
from engine import ops as _ops
from engine.autocasting import (
    autocast,
    clear_autocast_cache,
    get_autocast_dtype,
    is_autocast_cache_enabled,
    is_autocast_enabled,
    set_autocast_cache_enabled,
    set_autocast_dtype,
    set_autocast_enabled,
)
from engine.backends import (
    channels_last,
    channels_last_3d,
    contiguous_format,
    device,
    layout,
    memory_format,
    preserve_format,
    strided,
)
from engine.dtypes import dtype, finfo, get_default_dtype, iinfo, promote_types, set_default_dtype
from engine.grad_mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from engine.printing import get_printoptions, printoptions, set_printoptions
from engine.queries import (
    broadcast_shapes,
    can_cast,
    get_num_threads,
    is_complex,
    is_floating_point,
    is_nonzero,
    is_same_size,
    is_tensor,
    numel,
    result_type,
    set_num_threads,
    typename,
)
from engine.random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    seed,
    set_rng_state,
)
from engine.registry import OPS
from engine.switches import (
    are_deterministic_algorithms_enabled,
    compile,
    get_default_device,
    get_float32_matmul_precision,
    is_storage,
    set_default_device,
    set_default_tensor_type,
    set_float32_matmul_precision,
    use_deterministic_algorithms,
    version,
)
from engine.tensor import Size, Tensor

__all__ = [
    "OPS",
    "Generator",
    "Size",
    "Tensor",
    "accelerator",
    "amp",
    "are_deterministic_algorithms_enabled",
    "autocast",
    "autograd",
    "broadcast_shapes",
    "can_cast",
    "channels_last",
    "channels_last_3d",
    "clear_autocast_cache",
    "compile",
    "contiguous_format",
    "cpu",
    "cuda",
    "default_generator",
    "device",
    "dtype",
    "enable_grad",
    "finfo",
    "get_autocast_dtype",
    "get_default_device",
    "get_default_dtype",
    "get_float32_matmul_precision",
    "get_num_threads",
    "get_printoptions",
    "get_rng_state",
    "iinfo",
    "inference_mode",
    "initial_seed",
    "is_autocast_cache_enabled",
    "is_autocast_enabled",
    "is_complex",
    "is_floating_point",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "is_nonzero",
    "is_same_size",
    "is_storage",
    "is_tensor",
    "layout",
    "linalg",
    "manual_seed",
    "memory_format",
    "newaxis",
    "no_grad",
    "numel",
    "preserve_format",
    "printoptions",
    "promote_types",
    "result_type",
    "seed",
    "set_autocast_cache_enabled",
    "set_autocast_dtype",
    "set_autocast_enabled",
    "set_default_device",
    "set_default_dtype",
    "set_default_tensor_type",
    "set_float32_matmul_precision",
    "set_grad_enabled",
    "set_num_threads",
    "set_printoptions",
    "set_rng_state",
    "special",
    "strided",
    "typename",
    "use_deterministic_algorithms",
    "version",
]

__version__ = "2.13.0"
inf, nan, pi, e, newaxis = _np.inf, _np.nan, _np.pi, _np.e, None


_np.seterr(all="ignore")

_ops.load()
_functions, _all_functions = _methods.install()
globals().update(_functions)
linalg.fill(_all_functions)
special.fill(_all_functions)
globals().update(_legacy.constructors())
for _t in _dtypes.ALL:
    globals()[_t.name] = _t
globals().update(_dtypes.ALIASES)
# These build on the operators, so they come once the table is filled.
nn, optim, utils, func, testing, distributions = (
    _importlib.import_module(f"engine.{_name}")
    for _name in ("nn", "optim", "utils", "func", "testing", "distributions")
)
cosine_similarity = nn.functional.cosine_similarity
vmap = func.vmap
globals().update(_importlib.import_module("engine.twins").FUNCTIONS)


LEFT_OUT = {
    **dict.fromkeys(("fft", "stft", "istft"), "Fourier transforms are left out here; numpy.fft has them on arrays"),
    **dict.fromkeys(("complex", "polar", "view_as_complex", "view_as_real"), "complex tensors are left out here"),
    **dict.fromkeys(("sparse", "sparse_coo_tensor", "sparse_csr_tensor"), "all tensors are dense here"),
    **dict.fromkeys(("onnx", "export", "fx"), "models are not exported here"),
    **dict.fromkeys(("distributed", "multiprocessing"), "a program runs in one process here"),
    **dict.fromkeys(("quantization", "ao"), "quantized tensors are left out here"),
}
"""What is missing on purpose, and what to know instead."""


def __getattr__(name: str) -> Any:
    why = f": {LEFT_OUT[name]}" if name in LEFT_OUT else ""
    raise AttributeError(f"module 'torch' has no attribute '{name}'{why}")
