"""The recorder and modules: parameters, their names, and the paths of modules whose forward runs."""

from __future__ import annotations

from typing import Any

import engine
from engine.nn.activations import ReLU
from engine.nn.containers import Sequential
from engine.nn.linear import Linear
from engine.nn.module import Module
from engine.nn.parameter import Parameter
from tests.visgrad.recorded import Run
from visgrad.recording.summary import values

torch: Any = engine


NAMES = {"Module": Module, "Parameter": Parameter, "Sequential": Sequential, "Linear": Linear, "ReLU": ReLU}

NETWORK = """
    class Scale(Module):
        def __init__(self, by):
            super().__init__()
            self.by = Parameter(torch.full((2,), by))
        def forward(self, x):
            return x*self.by
    class Net(Module):
        def __init__(self):
            super().__init__()
            self.w = Parameter(torch.tensor([1.0, 2.0]))
            self.inner = Sequential(Scale(3.0), Scale(4.0))
        def forward(self, x):
            return self.inner(x*self.w)
    net = Net()
    y = net(torch.ones(2))
    y.sum().backward()
"""


def test_parameters_are_named_by_their_path_in_the_module() -> None:
    run = Run(NETWORK, NAMES)
    names = {name for history in run.recording.names.values() for _, name in history}
    assert names >= {"net.w", "net.inner.0.by", "net.inner.1.by"}
    parameter = run.output("net.w")
    assert parameter.role == "parameter"
    assert values(parameter.summary).tolist() == [1, 2]  # type: ignore[union-attr]
    assert parameter.value in run.recording.accumulations


def test_making_a_parameter_is_one_operation_on_the_tensor_it_was_made_of() -> None:
    run = Run(NETWORK, NAMES)
    made = run.operation("net.w")
    assert made.op == "Parameter"
    assert run.recording.operations[run.recording.producer[made.inputs[0]]].op == "tensor"
    assert not run.named("detach")


def test_operations_know_the_modules_they_ran_in_innermost_first() -> None:
    run = Run(NETWORK, NAMES)
    own, first, second = run.named("mul")
    assert [(call.function, call.module) for call in own.where] == [("Net.forward", "net"), ("<module>", "")]
    assert [(call.function, call.module) for call in second.where] == [
        ("Scale.forward", "net.inner.1"),
        ("Sequential", "net.inner"),
        ("Net.forward", "net"),
        ("<module>", ""),
    ]
    assert first.where[1].span == own.where[0].span or first.where[1].span.line == 13
    assert first.call == "x*self.by"


def test_a_module_without_a_name_is_called_by_its_class() -> None:
    run = Run(NETWORK.replace("net = Net()", "").replace("net(", "Net()("), NAMES)
    assert run.named("mul")[-1].where[0].module == "Net.inner.1"


def test_walking_over_layers_does_not_take_their_names_away() -> None:
    run = Run(NETWORK + "    for layer in net.inner:\n        y = layer(y)\n    y = layer(y)", NAMES)
    assert run.named("mul")[-1].where[0].module == "net.inner.1"
    names = {name for history in run.recording.names.values() for _, name in history}
    assert not any(name.startswith("layer") for name in names)


def test_modules_in_a_list_are_named_by_their_place() -> None:
    run = Run(NETWORK + "    layers = [Scale(1.0), Scale(2.0)]\n    z = layers[1](torch.ones(2))", NAMES)
    assert run.named("mul")[-1].where[0].module == "layers[1]"
    assert run.output("layers[1].by").role == "parameter"


def test_how_a_layer_of_the_engine_fills_its_parameters_is_not_told() -> None:
    run = Run("p = Parameter(torch.zeros(3))", NAMES)
    assert [operation.op for operation in run.recording.operations] == ["zeros", "Parameter"]


def test_what_a_layer_of_the_engine_does_is_told_as_a_call_of_the_layer() -> None:
    run = Run(
        """
        model = Sequential(Linear(3, 4), ReLU(), Linear(4, 1))
        y = model(torch.ones(2, 3))
        """,
        NAMES,
    )
    forward = [operation for operation in run.recording.operations if operation.inputs and operation.op != "Parameter"]
    assert [operation.call for operation in forward] == ["model.0(…)", "model.1(…)", "model.2(…)"]
    assert [call.module for call in forward[0].where] == ["model.0", "model", ""]
    assert forward[0].where[0].span == forward[0].where[-1].span
    assert len(run.named("Parameter")) == 4
    assert run.output("model.2.bias").summary.shape == (1,)


def test_a_parameter_changed_in_its_constructor_is_called_by_the_objects_name_in_the_end() -> None:
    run = Run(
        """
        class Net(Module):
            def __init__(self):
                super().__init__()
                self.out = Linear(1, 1)
                with torch.no_grad():
                    self.out.bias.fill_(0.5)
        net = Net()
        """,
        NAMES,
    )
    end = run.recording.frame(10**6)
    (filled,) = run.named("fill")
    assert end.name(filled.outputs[0].value) == "net.out.bias"
