"""Connectionist temporal classification (Graves and others, 2006): the probability of a labelling, over alignments.

Labels are interleaved with blanks.  α[t, s] sums the alignments of the first t steps that end at label s, β[t, s] of
the steps from t on that begin there; their product over step t is what passes through s.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from engine.apply import run
from engine.backends import Array, asarray, to_numpy
from engine.registry import OPS, arr, composite, op, sample

Lengths = tuple[int, ...]


def interleaved(labels: Array, blank: int) -> Array:
    """The labels with blanks around each."""
    found = np.full(2 * len(labels) + 1, blank)
    found[1::2] = labels
    return found


def alignments(emissions: Array, labels: Array, blank: int) -> Array:
    """ln α for every step and label: the same label, the one before, or two before where no blank must come between."""
    alpha = np.full(emissions.shape, -np.inf)
    if not len(alpha):
        return alpha
    alpha[0, :2] = emissions[0, :2]
    jumps = np.zeros(len(labels), bool)
    jumps[2:] = (labels[2:] != blank) & (labels[2:] != labels[:-2])
    for t in range(1, len(alpha)):
        before = alpha[t - 1]
        total = before.copy()
        total[1:] = np.logaddexp(total[1:], before[:-1])
        total[jumps] = np.logaddexp(total[jumps], before[np.flatnonzero(jumps) - 2])
        alpha[t] = total + emissions[t]
    return alpha


def sequences(log_probs: Array, targets: Array, steps: Lengths, lengths: Lengths) -> Iterator[tuple[Array, Array]]:
    """For every sequence its steps and labels; labels lie in rows, or all in one line."""
    start = 0
    for n, (t, length) in enumerate(zip(steps, lengths, strict=True)):
        labels = targets[n, :length] if targets.ndim == 2 else targets[start : start + length]
        start += length
        yield log_probs[:t, n].astype(np.float64), labels


@op(
    "_ctc_loss",
    "−ln Σ over alignments of Π probabilities",
    family="layer",
    doc="The negative log-probability of every labelling.",
    backward="CtcLossBackward0",
    grads={
        "log_probs": (
            "g · (e^log_probs − the share of alignments through each label)",
            lambda F, g, s: F._ctc_gradient(
                g, s.log_probs, s.result, s.targets, s.input_lengths, s.target_lengths, s.blank, s.zero_infinity
            ),
        )
    },
)
def _ctc_loss(
    log_probs: Array,
    targets: Array,
    input_lengths: Lengths,
    target_lengths: Lengths,
    blank: int,
    zero_infinity: bool,
) -> Array:
    losses = []
    for emitted, own in sequences(to_numpy(log_probs), to_numpy(targets), input_lengths, target_lengths):
        labels = interleaved(own, blank)
        ends = alignments(emitted[:, labels], labels, blank)[-1:, -2:]
        loss = -np.logaddexp.reduce(ends, axis=None, initial=-np.inf) if len(ends) else np.inf * len(own)
        losses.append(0.0 if zero_infinity and np.isinf(loss) else loss)
    return asarray(np.array(losses), log_probs.dtype, log_probs)


@op(
    "_ctc_gradient",
    "g · (e^log_probs − the share of alignments through each label)",
    family="layer",
    doc="The gradient of the loss by what a log-softmax was taken of; like torch's, it takes that softmax for granted.",
)
def _ctc_gradient(
    g: Array,
    log_probs: Array,
    losses: Array,
    targets: Array,
    input_lengths: Lengths,
    target_lengths: Lengths,
    blank: int,
    zero_infinity: bool,
) -> Array:
    found = np.zeros(log_probs.shape)
    upstream = to_numpy(g)
    given = sequences(to_numpy(log_probs), to_numpy(targets), input_lengths, target_lengths)
    for n, (emitted, own) in enumerate(given):
        labels = interleaved(own, blank)
        emissions = emitted[:, labels]
        before = alignments(emissions, labels, blank)
        after = alignments(emissions[::-1, ::-1], labels[::-1], blank)[::-1, ::-1]
        through = before + after - emissions
        loss = -np.logaddexp.reduce(before[-1:, -2:], axis=None, initial=-np.inf)
        if np.isinf(loss) and zero_infinity:
            continue
        share = np.zeros_like(emitted)
        for s, label in enumerate(labels):
            share[:, label] += np.exp(through[:, s] + loss)
        found[: len(emitted), n] = upstream[n] * (np.exp(emitted) - share)
    return asarray(found, log_probs.dtype, log_probs)


def lengths_of(value: Any) -> Lengths:
    """Lengths given as a tensor or as Python numbers."""
    return tuple(int(n) for n in (value.reshape(-1).tolist() if hasattr(value, "tolist") else value))


@composite(
    "ctc_loss",
    "−ln Σ over alignments of Π probabilities",
    family="layer",
    doc="The negative log-probability of labels without knowing when each was said.",
    function=False,
    method=False,
    samples=[
        sample(arr(4, 2, 3, low=-2, high=-0.5), arr(2, 2, low=1, high=3, kind="int"), (4, 3), (2, 1), reduction="sum"),
    ],
)
def ctc_loss(
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Any:
    steps, lengths = lengths_of(input_lengths), lengths_of(target_lengths)
    batch = log_probs if log_probs.ndim == 3 else log_probs.unsqueeze(1)
    rows = targets if log_probs.ndim == 3 or targets.ndim == 2 else targets.unsqueeze(0)
    check(batch, rows, steps, lengths, blank)
    found = run(OPS["_ctc_loss"], (batch, rows, steps, lengths, blank, zero_infinity), {})
    if reduction == "mean":
        return (found / found.new_tensor([max(n, 1) for n in lengths])).mean()
    if reduction == "sum":
        return found.sum()
    return found if log_probs.ndim == 3 else found.squeeze(0)


def check(log_probs: Any, targets: Any, steps: Lengths, lengths: Lengths, blank: int) -> None:
    """Refuse lengths that do not fit, in torch's words."""
    t, n, classes = log_probs.shape
    if not 0 <= blank < classes:
        raise RuntimeError("blank must be in label range")
    if len(steps) != n:
        raise RuntimeError("input_lengths must be of size batch_size")
    if len(lengths) != n:
        raise RuntimeError("target_lengths must be of size batch_size")
    for number, length in enumerate(steps):
        if length > t:
            raise RuntimeError(
                f"Expected input_lengths to have value at most {t}, but got value {length} (while checking arguments "
                "for ctc_loss_cpu)"
            )
        if lengths[number] < 0:
            raise RuntimeError(
                f"Expected target_lengths to have value at least 0, but got value {lengths[number]} (while checking "
                "arguments for ctc_loss_cpu)"
            )
