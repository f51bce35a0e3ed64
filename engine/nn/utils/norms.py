"""Weights held to a length or a spectral norm, in the older form: by hooks that compute the weight before each call."""

from __future__ import annotations

from typing import Any, TypeAlias

from engine.apply import run
from engine.grad_mode import no_grad
from engine.nn import functional as F
from engine.nn.module import Module
from engine.nn.parameter import Parameter
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any


def lengths(weight: Tensor, dim: int | None) -> Tensor:
    """The norm of each slice along a dimension, in a shape that multiplies the weight; of the whole without one."""
    if dim is None or dim == -1:
        return weight.norm(2)
    others = [d for d in range(weight.dim()) if d != dim]
    return weight.norm(2, others, keepdim=True)


def scaled(length: Tensor, direction: Tensor, dim: int | None) -> Tensor:
    """`g · v / |v|`."""
    return direction * (length / lengths(direction, dim))


def matrix(weight: Tensor, dim: int) -> Tensor:
    """The weight as a matrix whose rows go along `dim`."""
    if dim:
        weight = weight.permute(dim, *(d for d in range(weight.dim()) if d != dim))
    return weight.flatten(1)


def unit(count: int, like: Tensor, eps: float) -> Tensor:
    """A random direction."""
    with no_grad():
        return F.normalize(run(OPS["new_empty"], (like, (count,)), {}).normal_(0, 1), dim=0, eps=eps)


def output_dim(module: Module) -> int:
    """The dimension of a weight that goes along the outputs."""
    return 1 if type(module).__name__.startswith("ConvTranspose") else 0


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Train length and direction of a weight apart (Salimans and Kingma, 2016)."""
    weight = getattr(module, name)
    del module._parameters[name]
    module.register_parameter(f"{name}_g", Parameter(lengths(weight, dim).detach()))
    module.register_parameter(f"{name}_v", Parameter(weight.detach()))

    def compute(module: Any, _: Any = None) -> None:
        setattr(module, name, scaled(getattr(module, f"{name}_g"), getattr(module, f"{name}_v"), dim))

    compute(module)
    module.__dict__.setdefault("_computed", {})[name] = module.register_forward_pre_hook(compute)
    return module


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """Make the weight a plain parameter again."""
    handle = module.__dict__.get("_computed", {}).pop(name, None)
    if handle is None:
        raise ValueError(f"weight_norm of '{name}' not found in {module}")
    handle.remove()
    value = getattr(module, name).detach()
    delattr(module, name)
    for part in ("g", "v"):
        del module._parameters[f"{name}_{part}"]
    setattr(module, name, Parameter(value))
    return module


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Divide a weight by its largest singular value, found by power iteration (Miyato and others, 2018)."""
    along = output_dim(module) if dim is None else dim
    weight = module._parameters[name]
    rows, columns = matrix(weight, along).shape
    left, right = unit(rows, weight, eps), unit(columns, weight, eps)
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    setattr(module, name, weight.data)
    module.register_buffer(f"{name}_u", left)
    module.register_buffer(f"{name}_v", right)

    def compute(module: Any, _: Any) -> None:
        weight, u, v = (getattr(module, f"{name}_{part}") for part in ("orig", "u", "v"))
        flat = matrix(weight, along)
        if module.training:
            with no_grad():
                for _ in range(n_power_iterations):
                    v.copy_(F.normalize(flat.t().mv(u), dim=0, eps=eps))
                    u.copy_(F.normalize(flat.mv(v), dim=0, eps=eps))
        setattr(module, name, weight / u.clone().dot(flat.mv(v.clone())))

    module.register_forward_pre_hook(compute)
    return module
