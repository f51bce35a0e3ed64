"""float16 and bfloat16 behave as PyTorch's do, to the bit: values recorded from torch 2.13 on a CPU."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import engine as engine_package
from tests.engine.mirror.halves import CASES, difference

try:
    import torch as oracle
except ImportError:
    oracle = None  # type: ignore[assignment]

engine: Any = engine_package
HALVES = ("bfloat16", "float16")


@pytest.mark.skipif(oracle is None, reason="PyTorch is the oracle")
@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("name", CASES)
def test_a_computation_has_torchs_bits(name: str, dtype: str) -> None:
    engine.manual_seed(3)
    mine = CASES[name](engine, getattr(engine, dtype))
    oracle.manual_seed(3)
    assert not difference(mine, CASES[name](oracle, getattr(oracle, dtype)))


def test_numbers_are_rounded_to_the_nearest_even_one() -> None:
    x = engine.tensor([1.00390625, 1.01171875, 3.4e38, float("inf"), 1e-45, -0.0], dtype=engine.bfloat16)
    assert x.tolist()[:2] == [1.0, 1.015625]
    assert x.view(engine.int16).tolist() == [16256, 16258, 32640, 32640, 0, -32768]
    assert engine.tensor(float("nan"), dtype=engine.bfloat16).isnan().item()


def test_a_tensor_prints_its_type() -> None:
    assert repr(engine.tensor([1.0, 2.03], dtype=engine.bfloat16)) == "tensor([1.0000, 2.0312], dtype=torch.bfloat16)"


def test_bfloat16_has_no_numpy_array() -> None:
    with pytest.raises(TypeError, match=r"^Got unsupported ScalarType BFloat16$"):
        engine.ones(2, dtype=engine.bfloat16).numpy()


def test_both_short_types_together_give_float32() -> None:
    a, b = engine.ones(2, dtype=engine.bfloat16), engine.ones(2, dtype=engine.float16)
    assert (a + b).dtype is engine.promote_types(engine.float16, engine.bfloat16) is engine.float32
    assert (a + engine.ones(2, dtype=engine.int64)).dtype is engine.bfloat16
    assert (a + engine.tensor(1.0)).dtype is engine.bfloat16


def test_a_long_sum_is_accumulated_in_float32() -> None:
    x = engine.ones(1000, dtype=engine.bfloat16, requires_grad=True)
    total = x.sum()
    total.backward()
    assert total.item() == 1000.0
    assert x.grad is not None
    assert x.grad.dtype is engine.bfloat16


def test_the_limits_are_torchs() -> None:
    assert repr(engine.finfo(engine.bfloat16)) == (
        "finfo(resolution=0.01, min=-3.38953e+38, max=3.38953e+38, eps=0.0078125, smallest_normal=1.17549e-38, "
        "tiny=1.17549e-38, dtype=bfloat16)"
    )
    with pytest.raises(TypeError, match="requires an integer input type"):
        engine.iinfo(engine.bfloat16)


def test_a_model_trains_in_bfloat16() -> None:
    engine.manual_seed(0)
    model: Any = engine.nn.Sequential(engine.nn.Linear(3, 4), engine.nn.Tanh(), engine.nn.Linear(4, 1)).bfloat16()
    optimizer = engine.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    x = engine.ones(8, 3, dtype=engine.bfloat16)
    first = model(x).pow(2).mean()
    for _ in range(5):
        optimizer.zero_grad()
        loss = model(x).pow(2).mean()
        loss.backward()
        optimizer.step()
    assert {p.dtype for p in model.parameters()} == {p.grad.dtype for p in model.parameters()} == {engine.bfloat16}
    assert loss.item() < first.item()


def test_float16_from_numpy_is_noted_and_computed_in_float32() -> None:
    x = engine.from_numpy(np.full(4096, 1.0, np.float16))
    assert x.sum().item() == 4096.0
    assert (x * 0.1).sum().item() == engine.full((4096,), 0.1, dtype=engine.float16).sum().item()


def test_autocast_leaves_the_operators_as_it_found_them() -> None:
    a = engine.ones(2, 2)
    with pytest.raises(RuntimeError, match="cannot be multiplied"), engine.autocast("cpu", dtype=engine.bfloat16):
        a @ engine.ones(3, 3)
    assert (a @ a).dtype is engine.float32
    assert type(engine.OPS["mm"]) is type(engine.OPS["mul"])


def test_gradients_reach_float32_parameters_in_float32() -> None:
    weight = engine.ones(2, 2, requires_grad=True)
    with engine.autocast("cpu", dtype=engine.bfloat16):
        y = (engine.ones(1, 2) * 0.1) @ weight
    y.float().sum().backward()
    assert weight.grad.dtype is engine.float32
    assert y.grad_fn.next_functions[1][0].name() == "ToCopyBackward0"


def test_autocast_for_a_missing_gpu_says_that_it_is_off() -> None:
    with pytest.warns(UserWarning, match="CUDA is not available or torch_xla is imported. Disabling autocast"):
        engine.autocast("cuda")
    with pytest.warns(UserWarning, match="GradScaler is enabled, but CUDA is not available"):
        assert not engine.amp.GradScaler("cuda").is_enabled()


def test_the_older_names_say_what_to_write() -> None:
    words = (
        r"`torch.cpu.amp.autocast\(args...\)` is deprecated. Please use `torch.amp.autocast\('cpu', args...\)` instead."
    )
    with pytest.warns(FutureWarning, match=words), engine.cpu.amp.autocast(dtype=engine.bfloat16):
        assert (engine.ones(2, 2) @ engine.ones(2, 2)).dtype is engine.bfloat16


def test_other_types_are_refused_by_autocast() -> None:
    with pytest.warns(
        UserWarning, match="CPU Autocast only supports dtypes of torch.bfloat16, torch.float16 currently"
    ):
        assert not engine.autocast("cpu", dtype=engine.float64)._enabled


def test_a_scaler_wants_a_scaled_loss_first() -> None:
    optimizer = engine.optim.SGD([engine.ones(1, requires_grad=True)], lr=1.0)
    with pytest.raises(AssertionError, match="Attempted step but _scale is None"):
        engine.amp.GradScaler("cpu").step(optimizer)
