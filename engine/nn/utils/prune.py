"""`torch.nn.utils.prune`: parameters with masks. `name` becomes `name_orig` (trained) times `name_mask` (a buffer).

Owns the methods of choosing what is cut off; which entries are equally small is settled as `topk` settles it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from engine.apply import run
from engine.grad_mode import no_grad
from engine.nn.module import Module
from engine.nn.parameter import Parameter
from engine.registry import OPS

# Its operators come from the table at run time, where a type checker does not see them.
Tensor: TypeAlias = Any
Choice = Callable[[Tensor, Tensor, float], Tensor]

__all__ = [
    "L1Unstructured",
    "RandomUnstructured",
    "custom_from_mask",
    "global_unstructured",
    "identity",
    "is_pruned",
    "l1_unstructured",
    "ln_structured",
    "random_structured",
    "random_unstructured",
    "remove",
]


def _op(name: str, *args: Any, **kwargs: Any) -> Tensor:
    return run(OPS[name], args, kwargs)


def count(amount: float, size: int) -> int:
    """How many of `size` entries an amount stands for: a number of them, or a fraction."""
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise TypeError(f"Invalid type for amount: {amount}. Must be int or float.")
    if amount < 0 or (isinstance(amount, float) and amount > 1):
        raise ValueError(f"amount={amount} should either be a float in the range [0.0, 1.0] or a non-negative integer")
    if isinstance(amount, int) and amount > size:
        raise ValueError(f"amount={amount} should be smaller than the number of parameters to prune={size}")
    return amount if isinstance(amount, int) else round(amount * size)


def smallest(scores: Tensor, mask: Tensor, amount: float) -> Tensor:
    """The mask without the entries of smallest size."""
    result = mask.clone()
    if number := count(amount, scores.numel()):
        result.view(-1)[_op("topk", scores.abs().view(-1), number, largest=False)[1]] = 0
    return result


def drawn(scores: Tensor, mask: Tensor, amount: float) -> Tensor:
    """The mask without entries drawn at random."""
    result = mask.clone()
    if number := count(amount, scores.numel()):
        draws = _op("rand_like", scores)
        result.view(-1)[_op("topk", draws.view(-1), number)[1]] = 0
    return result


class L1Unstructured:
    """Names the method for `global_unstructured`: the smallest."""

    choose = staticmethod(smallest)


class RandomUnstructured:
    """Names the method for `global_unstructured`: any."""

    choose = staticmethod(drawn)


def hide(module: Module, name: str, mask: Tensor) -> Module:
    """Multiply the parameter by a mask, before every forward pass."""
    name = str.__str__(name)
    if is_masked(module, name):
        module._buffers[f"{name}_mask"] = mask
    else:
        original = getattr(module, name)
        if isinstance(original, Parameter):
            module.register_parameter(f"{name}_orig", original)
            del module._parameters[name]
        else:
            raise ValueError(f"Module '{module}' does not have a parameter with name '{name}'")
        module.register_buffer(f"{name}_mask", mask)
        handle = module.register_forward_pre_hook(lambda owner, inputs: masked(owner, name))
        module.__dict__.setdefault("_pruned", {})[name] = handle
    masked(module, name)
    return module


def masked(module: Module, name: str) -> None:
    """Set the parameter to its original times its mask."""
    mask = getattr(module, f"{name}_mask")
    module.__dict__[name] = mask.to(dtype=getattr(module, f"{name}_orig").dtype) * getattr(module, f"{name}_orig")


def is_masked(module: Module, name: str) -> bool:
    """Whether this parameter of the module is pruned."""
    return name in module.__dict__.get("_pruned", {})


def is_pruned(module: Module) -> bool:
    """Whether a parameter in the module, or below it, is pruned."""
    return any(child.__dict__.get("_pruned") for _, child in module.named_modules())


def _unstructured(module: Module, name: str, amount: float, choose: Choice, scores: Any = None) -> Module:
    with no_grad():
        pruned = is_masked(module, name)
        original = getattr(module, f"{name}_orig" if pruned else name).detach()
        mask = getattr(module, f"{name}_mask") if pruned else _op("ones_like", original)
        size = original if scores is None else scores
        if pruned:  # only what is left is chosen from
            left = mask.view(-1).nonzero().view(-1)
            part = choose(size.view(-1)[left], _op("ones_like", size.view(-1)[left]), amount)
            mask = mask.clone()
            mask.view(-1)[left] = part
        else:
            mask = choose(size, mask, amount)
    return hide(module, name, mask)


def l1_unstructured(module: Module, name: str, amount: float, importance_scores: Any = None) -> Module:
    """Cut off the entries of smallest absolute value."""
    return _unstructured(module, name, amount, smallest, importance_scores)


def random_unstructured(module: Module, name: str, amount: float) -> Module:
    """Cut off entries drawn at random."""
    return _unstructured(module, name, amount, drawn)


def _channels(module: Module, name: str, amount: float, dim: int, choose: Choice, sizes: Any) -> Module:
    with no_grad():
        pruned = is_masked(module, name)
        original = getattr(module, f"{name}_orig" if pruned else name).detach()
        kept = choose(sizes(original.transpose(0, dim).flatten(1)), _op("ones", original.shape[dim]), amount)
        shape = [1] * original.dim()
        shape[dim] = -1
        mask = kept.view(shape) * _op("ones_like", original)
        if pruned:
            mask = mask * getattr(module, f"{name}_mask")
    return hide(module, name, mask)


def ln_structured(
    module: Module, name: str, amount: float, n: float, dim: int, importance_scores: Any = None
) -> Module:
    """Cut off whole channels along a dimension, those of smallest n-norm."""
    return _channels(module, name, amount, dim, smallest, lambda rows: rows.norm(n, 1))


def random_structured(module: Module, name: str, amount: float, dim: int) -> Module:
    """Cut off whole channels along a dimension, drawn at random."""
    return _channels(module, name, amount, dim, drawn, lambda rows: rows[:, 0])


def custom_from_mask(module: Module, name: str, mask: Tensor) -> Module:
    """Cut off what a mask of one's own says."""
    kept = getattr(module, f"{name}_mask") * mask if is_masked(module, name) else mask
    return hide(module, name, kept)


def identity(module: Module, name: str) -> Module:
    """Cut off nothing yet."""
    return custom_from_mask(module, name, _op("ones_like", getattr(module, name).detach()))


def global_unstructured(
    parameters: Iterable[tuple[Module, str]], pruning_method: Any, importance_scores: Any = None, **kwargs: Any
) -> None:
    """Cut off across several parameters at once."""
    pairs = list(parameters)
    with no_grad():
        values = [getattr(m, f"{n}_orig" if is_masked(m, n) else n).detach() for m, n in pairs]
        old = [getattr(m, f"{n}_mask") if is_masked(m, n) else None for m, n in pairs]
        flat = _op("cat", [v.reshape(-1) for v in values])
        mask = pruning_method.choose(flat, _op("ones_like", flat), kwargs["amount"])
        parts = mask.split([v.numel() for v in values])
    for (module, name), value, part, before in zip(pairs, values, parts, old, strict=True):
        mask = part.reshape(value.shape)
        hide(module, name, mask if before is None else mask * before)


def remove(module: Module, name: str) -> Module:
    """Make the pruned parameter a plain one again, with its zeros."""
    if not is_masked(module, name):
        raise ValueError(f"Parameter '{name}' of module {module} has to be pruned before pruning can be removed")
    name = str.__str__(name)
    original = module._parameters[f"{name}_orig"]
    assert original is not None
    with no_grad():
        original.data = (getattr(module, f"{name}_mask") * original).data
    del module.__dict__[name]
    module.__dict__["_pruned"].pop(name).remove()
    del module._parameters[f"{name}_orig"]
    del module._buffers[f"{name}_mask"]
    module.register_parameter(name, original)
    return module
