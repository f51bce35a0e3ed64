"""Loss modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.nn import functional as F
from engine.nn.grids import PairwiseDistance
from engine.nn.simple import Simple, module

f: Any = F

REDUCE = {"reduction": "mean"}
L1Loss = module("L1Loss", f.l1_loss, "The mean of absolute differences.", None, **REDUCE)
MSELoss = module("MSELoss", f.mse_loss, "The mean of squared differences.", None, **REDUCE)
SmoothL1Loss = module(
    "SmoothL1Loss", f.smooth_l1_loss, "Squared near zero, absolute further out.", None, **REDUCE, beta=1.0
)
HuberLoss = module("HuberLoss", f.huber_loss, "Squared near zero, absolute further out.", None, **REDUCE, delta=1.0)
KLDivLoss = module("KLDivLoss", f.kl_div, "The Kullback–Leibler divergence.", None, **REDUCE, log_target=False)
CTCLoss = module("CTCLoss", f.ctc_loss, "Labels without alignment.", None, blank=0, **REDUCE, zero_infinity=False)
PoissonNLLLoss = module(
    "PoissonNLLLoss",
    f.poisson_nll_loss,
    "The likelihood of counts.",
    None,
    log_input=True,
    full=False,
    eps=1e-8,
    **REDUCE,
)
GaussianNLLLoss = module(
    "GaussianNLLLoss", f.gaussian_nll_loss, "The likelihood of normal values.", None, full=False, eps=1e-6, **REDUCE
)
HingeEmbeddingLoss = module(
    "HingeEmbeddingLoss", f.hinge_embedding_loss, "Distances near for 1, far for −1.", None, margin=1.0, **REDUCE
)
MarginRankingLoss = module(
    "MarginRankingLoss", f.margin_ranking_loss, "One input above the other by a margin.", None, margin=0.0, **REDUCE
)
SoftMarginLoss = module("SoftMarginLoss", f.soft_margin_loss, "The logistic loss of 1 and −1.", None, **REDUCE)
CosineEmbeddingLoss = module(
    "CosineEmbeddingLoss", f.cosine_embedding_loss, "Angles small for 1, large for −1.", None, margin=0.0, **REDUCE
)
TripletMarginLoss = module(
    "TripletMarginLoss",
    f.triplet_margin_loss,
    "Nearer to the positive than to the negative.",
    None,
    margin=1.0,
    p=2.0,
    eps=1e-6,
    swap=False,
    **REDUCE,
)


MultiLabelMarginLoss = module("MultiLabelMarginLoss", f.multilabel_margin_loss, "Labels above others.", None, **REDUCE)


class TripletMarginWithDistanceLoss(Simple):
    """The triplet loss with a distance of one's own."""

    distance_function: Any
    arguments = {"distance_function": None, "margin": 1.0, "swap": False, **REDUCE}
    function = staticmethod(f.triplet_margin_with_distance_loss)

    def check(self) -> None:
        """Without a distance it is the Euclidean one."""
        if self.distance_function is None:
            self.distance_function = PairwiseDistance()


class WeightedLoss(Simple):
    """Base of losses with weights: the weights are buffers."""

    buffers_of: tuple[str, ...] = ("weight",)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.buffers_of and name not in self._buffers:
            self.register_buffer(name, value)
        else:
            super().__setattr__(name, value)


def weighted(name: str, function: Callable[..., Any], doc: str, *buffers: str, **arguments: Any) -> type[Simple]:
    """A loss module with weights."""
    body: dict[str, Any] = {"arguments": arguments, "function": staticmethod(function), "__doc__": doc}
    return type(name, (WeightedLoss,), {**body, "buffers_of": buffers, "__module__": "torch.nn.modules.loss"})


WEIGHT = {"weight": None, **REDUCE}
NLLLoss = weighted(
    "NLLLoss",
    f.nll_loss,
    "The negative log probability of the target.",
    "weight",
    weight=None,
    ignore_index=-100,
    **REDUCE,
)
CrossEntropyLoss = weighted(
    "CrossEntropyLoss",
    f.cross_entropy,
    "The negative log of the softmax at the target.",
    "weight",
    weight=None,
    ignore_index=-100,
    **REDUCE,
    label_smoothing=0.0,
)
BCELoss = weighted("BCELoss", f.binary_cross_entropy, "The cross entropy of yes and no.", "weight", **WEIGHT)
BCEWithLogitsLoss = weighted(
    "BCEWithLogitsLoss",
    f.binary_cross_entropy_with_logits,
    "The cross entropy of yes and no, from scores.",
    "weight",
    "pos_weight",
    **WEIGHT,
    pos_weight=None,
)
MultiMarginLoss = weighted(
    "MultiMarginLoss",
    f.multi_margin_loss,
    "The target above the others by a margin.",
    "weight",
    p=1,
    margin=1.0,
    **WEIGHT,
)
MultiLabelSoftMarginLoss = weighted(
    "MultiLabelSoftMarginLoss", f.multilabel_soft_margin_loss, "Yes or no for each class.", "weight", **WEIGHT
)
