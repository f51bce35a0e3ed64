"""nn.Module and the layers: registration, printing, hooks, state, initial numbers and training agree with PyTorch."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import pytest

import engine
from tests.engine.oracle import check, recorded

torch: Any = engine
nn: Any = engine.nn


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("program", "expected"), recorded("nn"))
def test_layers_give_and_print_what_torch_gave(program: str, expected: str) -> None:
    check(program, expected)


@pytest.mark.parametrize(("program", "expected"), recorded("modules"))
def test_modules_behave_as_torch_modules_did(program: str, expected: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(program, expected)


def test_submodules_import_by_their_torch_names() -> None:
    from engine.optim.lr_scheduler import OneCycleLR
    from engine.utils.data import DataLoader

    functional: Any = importlib.import_module("engine.nn.functional")
    assert importlib.import_module("engine.nn") is nn
    assert functional.relu is nn.functional.relu
    assert OneCycleLR is torch.optim.lr_scheduler.OneCycleLR
    assert DataLoader is torch.utils.data.DataLoader


def test_lstm_and_its_cell_run_the_same_steps() -> None:
    torch.manual_seed(0)
    layer, cell = nn.LSTM(2, 3), nn.LSTMCell(2, 3)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(cell, name).data.copy_(getattr(layer, f"{name}_l0").data)
    sequence = torch.randn(4, 1, 2)
    outputs, (hidden, memory) = layer(sequence)
    state: Any = None
    for step in sequence:
        state = cell(step, state)
    assert torch.allclose(outputs[-1], state[0])
    assert torch.allclose(hidden[0], state[0])
    assert torch.allclose(memory[0], state[1])


def test_multihead_attention_takes_boolean_and_additive_masks_alike() -> None:
    torch.manual_seed(0)
    attention = nn.MultiheadAttention(4, 2, batch_first=True)
    x = torch.randn(1, 3, 4)
    hidden = torch.ones(3, 3, dtype=torch.bool).triu(1)
    added = torch.zeros(3, 3).masked_fill(hidden, float("-inf"))
    assert torch.allclose(attention(x, x, x, attn_mask=hidden)[0], attention(x, x, x, attn_mask=added)[0])


def test_a_frozen_module_trains_nothing() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))
    model[0].requires_grad_(False)
    model(torch.ones(1, 2)).sum().backward()
    assert model[0].weight.grad is None
    assert model[1].weight.grad is not None
