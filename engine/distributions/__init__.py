"""`torch.distributions`: the distributions that policies and variational models draw from."""

from __future__ import annotations

from engine.distributions.continuous import Exponential, Normal, Uniform
from engine.distributions.counts import Binomial, Geometric, Poisson
from engine.distributions.discrete import Bernoulli, Categorical, Multinomial, OneHotCategorical
from engine.distributions.distribution import Distribution
from engine.distributions.gammas import Beta, Chi2, Dirichlet, Gamma, StudentT
from engine.distributions.independent import Independent
from engine.distributions.kl import kl_divergence, register_kl
from engine.distributions.mixture import MixtureSameFamily
from engine.distributions.multivariate import MultivariateNormal
from engine.distributions.tails import Cauchy, Gumbel, HalfNormal, Laplace, LogNormal

__all__ = [
    "Bernoulli",
    "Beta",
    "Binomial",
    "Categorical",
    "Cauchy",
    "Chi2",
    "Dirichlet",
    "Distribution",
    "Exponential",
    "Gamma",
    "Geometric",
    "Gumbel",
    "HalfNormal",
    "Independent",
    "Laplace",
    "LogNormal",
    "MixtureSameFamily",
    "Multinomial",
    "MultivariateNormal",
    "Normal",
    "OneHotCategorical",
    "Poisson",
    "StudentT",
    "Uniform",
    "kl_divergence",
    "register_kl",
]
HOMES = {
    "HalfNormal": "half_normal",
    "LogNormal": "log_normal",
    "MixtureSameFamily": "mixture_same_family",
    "MultivariateNormal": "multivariate_normal",
    "OneHotCategorical": "one_hot_categorical",
    "StudentT": "studentT",
}
"""The files of torch.distributions that are not named like their class."""

for _name in __all__:
    _value = globals()[_name]
    if isinstance(_value, type):  # as `print(type(m))` shows them
        _value.__module__ = f"torch.distributions.{HOMES.get(_name, _name.lower())}"
