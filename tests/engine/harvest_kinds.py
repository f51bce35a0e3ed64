"""Writes `engine/nn/kinds.txt`: what torch says where an argument of `nn.functional` is of a kind it does not take.

`python -m tests.engine.harvest_kinds`, where PyTorch is installed.  Each function is called as in `CALLS`, then with a
value of every kind in each argument's place in turn; what it says of them is kept, with `{}` for the value's type.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from engine.arguments import type_name
from engine.nn import functional
from engine.nn.kinds import LETTERS, letter, parameters_of

PATH = Path(__file__).parents[2] / "engine" / "nn" / "kinds.txt"

CALLS = """
relu(x) leaky_relu(x,.1) elu(x,1.) selu(x) celu(x,1.) gelu(x) silu(x) mish(x) relu6(x) hardtanh(x,-1.,1.) hardswish(x)
hardsigmoid(x) sigmoid(x) tanh(x) softplus(x) softsign(x) tanhshrink(x) hardshrink(x,.5) softshrink(x,.5) logsigmoid(x)
threshold(x,.1,0.) prelu(x,one) rrelu(x) glu(x4,1) softmax(x,1) log_softmax(x,1) softmin(x,1) gumbel_softmax(x,1.)
dropout(x,.5) dropout1d(x3,.5) dropout2d(x4d,.5) dropout3d(x5d,.5) alpha_dropout(x,.5) feature_alpha_dropout(x,.5)
linear(x,W,b) bilinear(x,x,B,b2) embedding(i,W) embedding_bag(i2,W) one_hot(i,5)
layer_norm(x,[3],b,b) group_norm(x4d,2,four,four) batch_norm(x,b,b,b,b,False,.1,1e-5) instance_norm(x4d,four,four)
rms_norm(x,[3],b) local_response_norm(x4d,2) normalize(x,2.,1)
conv1d(x3,k1,four,1,0,1,1) conv2d(x4d,k2,four,1,0,1,1) conv3d(x5d,k3,four,1,0,1,1)
conv_transpose1d(x3,k1,four) conv_transpose2d(x4d,k2,four) conv_transpose3d(x5d,k3,four)
max_pool1d(x3,2) max_pool2d(x4d,2) max_pool3d(x5d,2) avg_pool1d(x3,2) avg_pool2d(x4d,2) avg_pool3d(x5d,2)
adaptive_avg_pool1d(x3,2) adaptive_avg_pool2d(x4d,2) adaptive_avg_pool3d(x5d,2) adaptive_max_pool1d(x3,2)
adaptive_max_pool2d(x4d,2) adaptive_max_pool3d(x5d,2) lp_pool1d(x3,2,2) lp_pool2d(x4d,2,2)
fractional_max_pool2d(x4d,2,2) mse_loss(x,y) l1_loss(x,y) smooth_l1_loss(x,y) huber_loss(x,y) cross_entropy(x,t,b)
nll_loss(x,t,b) binary_cross_entropy(x,y) binary_cross_entropy_with_logits(x,y) kl_div(x,y) poisson_nll_loss(x,y)
gaussian_nll_loss(x,y,y) hinge_embedding_loss(x,y) margin_ranking_loss(b2,b2,b2) cosine_embedding_loss(x,y,b2)
triplet_margin_loss(x,y,y) multi_margin_loss(x,t) multilabel_margin_loss(x,tl) multilabel_soft_margin_loss(x,y)
soft_margin_loss(x,y) ctc_loss(x3,t2,l2,l2) cosine_similarity(x,y,1) pairwise_distance(x,y) pdist(x)
interpolate(x4d,2) pad(x,(1,1)) pixel_shuffle(x4d,2) pixel_unshuffle(x4d,2) channel_shuffle(x4d,2) unfold(x4d,2)
fold(x3,(2,2),1) grid_sample(x4d,g) affine_grid(th,(2,4,4,4)) scaled_dot_product_attention(x3,x3,x3)
max_unpool1d(x3,u3,2) max_unpool2d(x4d,u4,2)
"""


class Stranger:
    """An argument that fits nothing."""


PROBES: tuple[Any, ...] = (
    *(1, 2.5, True, None, "a", [1], [1.0], (1,), (1.0,), {}),
    *(np.ones((2, 3), "float32"), np.float32(2), np.int64(1), Stranger()),
)


def names(torch: Any) -> dict[str, Any]:
    """The arguments of `CALLS`."""

    def ramp(*shape: int) -> Any:
        return torch.linspace(0.1, 0.9, int(np.prod(shape))).reshape(shape)

    found = {"x": ramp(2, 3), "y": ramp(2, 3), "x4": ramp(2, 4), "one": ramp(1), "W": ramp(3, 3), "b": ramp(3)}
    found |= {"b2": ramp(2), "B": ramp(2, 3, 3), "four": ramp(4), "x3": ramp(2, 4, 4), "x4d": ramp(2, 4, 4, 4)}
    found |= {"x5d": ramp(2, 4, 4, 4, 4), "k1": ramp(4, 4, 1), "k2": ramp(4, 4, 1, 1), "k3": ramp(4, 4, 1, 1, 1)}
    found |= {"i": torch.tensor([0, 1]), "i2": torch.tensor([[0, 1]]), "t": torch.tensor([0, 1])}
    found |= {"t2": torch.tensor([[1, 2]] * 4), "l2": torch.tensor([2] * 4), "g": ramp(2, 4, 4, 2)}
    found |= {"tl": torch.tensor([[0, 1, -1], [0, -1, -1]]), "th": ramp(2, 2, 3)}
    found |= {"u3": torch.arange(4).expand(2, 4, 4), "u4": torch.arange(16).reshape(4, 4).expand(2, 4, 4, 4)}
    return found


def refusals(call: Any, arguments: list[Any], position: int) -> dict[str, str]:
    """What torch says of each kind in one place: sentences by letter, with the error's type."""
    found: dict[str, str] = {}
    for value in PROBES:
        given = [*arguments[:position], value, *arguments[position + 1 :]]
        try:
            call(*given)
        except (TypeError, AttributeError) as error:
            said = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
            if "invalid combination" not in said:  # those are worded from the signatures
                found[letter(value)] = pattern(said, value)
        except Exception:
            continue
    return found


def pattern(said: str, value: Any) -> str:
    """A sentence with `{}` where it names the type of the value."""
    name = type_name(value)
    for quoted in (f"not {name}", f"'{name}' object", f"instances of '{name}'", f"and '{name}'"):
        if quoted in said:
            return said.replace("{", "{{").replace("}", "}}").replace(quoted, quoted.replace(name, "{}"), 1)
    return said.replace("{", "{{").replace("}", "}}")


def lines() -> Iterator[str]:
    """The lines of the file: function, position, parameter, letters, sentence."""
    import torch

    values = names(torch)
    for name, given in re.findall(r"(\w+)\(((?:[^()]|\([^()]*\))*)\)", CALLS):
        call = getattr(torch.nn.functional, name)
        arguments: list[Any] = list(eval(f"[{given}]", dict(values)))
        own = parameters_of(inspect.unwrap(getattr(functional, name)), name)
        for position in range(len(arguments)):
            by_sentence: dict[str, str] = {}
            for kind, sentence in refusals(call, arguments, position).items():
                by_sentence[sentence] = by_sentence.get(sentence, "") + kind
            for sentence, kinds in by_sentence.items():
                ordered = "".join(k for k in LETTERS if k in kinds)
                yield f"{name} {position} {own[position]} {ordered} {sentence}"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    PATH.write_text("\n".join(lines()) + "\n", "utf-8")
