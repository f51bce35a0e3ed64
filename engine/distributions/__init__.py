"""`torch.distributions`: the distributions that policies and variational models draw from."""

from __future__ import annotations

from engine.distributions.continuous import Exponential, Normal, Uniform
from engine.distributions.discrete import Bernoulli, Categorical, Multinomial
from engine.distributions.distribution import Distribution
from engine.distributions.independent import Independent
from engine.distributions.kl import kl_divergence

__all__ = [
    "Bernoulli",
    "Categorical",
    "Distribution",
    "Exponential",
    "Independent",
    "Multinomial",
    "Normal",
    "Uniform",
    "kl_divergence",
]

for _name in __all__:
    _value = globals()[_name]
    if isinstance(_value, type):  # as `print(type(m))` shows them
        _value.__module__ = f"torch.distributions.{_name.lower()}"
