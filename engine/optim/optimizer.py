"""The base of all optimizers: groups of parameters, their options and state, and how a step runs.

The arithmetic of a step is a row of the operator table (rules.py), run in place on one parameter at a time.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np

from engine import observe, views
from engine.apply import run_in_place
from engine.clearing import zero_grad
from engine.grad_mode import enable_grad, no_grad
from engine.node import Handle
from engine.registry import Op
from engine.tensor import Tensor, wrap

Closure = Callable[[], Any]
State = dict[str, Any]
Group = dict[str, Any]


class Optimizer:
    """Keeps parameter groups; subclasses say in `step` how parameters change."""

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                f"torch.{params.dtype.tensor_type}"
            )
        self.defaults = defaults
        self.state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._pre_hooks: dict[int, Any] = {}
        self._post_hooks: dict[int, Any] = {}
        self._steps_taken = 0
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(group)

    def __init_subclass__(cls, **options: Any) -> None:
        """Count the steps of every subclass and call the hooks around them."""
        super().__init_subclass__(**options)
        own = cls.__dict__.get("step")
        if own is None:
            return

        @functools.wraps(own)
        def step(self: Any, *args: Any, **kwargs: Any) -> Any:
            for hook in list(self._pre_hooks.values()):
                hook(self, args, kwargs)
            result = own(self, *args, **kwargs)
            self._steps_taken += 1
            for hook in list(self._post_hooks.values()):
                hook(self, args, kwargs)
            return result

        cls.step = step  # type: ignore[method-assign]

    def step(self, closure: Closure | None = None) -> Any:
        """Change every parameter that has a gradient."""
        raise NotImplementedError

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(optimizer, args, kwargs)` before every step."""
        return Handle(self._pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable[..., Any]) -> Handle:
        """Call `hook(optimizer, args, kwargs)` after every step."""
        return Handle(self._post_hooks, hook)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Train more parameters, with options of their own."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, Tensor):
            listed = [params]
        elif isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
                "will change between runs. Please use a list instead."
            )
        else:
            listed = [item[1] if isinstance(item, tuple) else item for item in params]
        for param in listed:
            if not isinstance(param, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {_type_of(param)}")
            if not param.is_leaf:
                raise ValueError("can't optimize a non-leaf Tensor")
        group = {**param_group, "params": listed}
        for name, default in self.defaults.items():
            group.setdefault(name, default)
        known = set(chain.from_iterable(g["params"] for g in self.param_groups))
        if not known.isdisjoint(listed):
            raise ValueError("some parameters appear in more than one parameter group")
        self.param_groups.append(group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients."""
        zero_grad((param for group in self.param_groups for param in group["params"]), set_to_none)

    def state_dict(self) -> dict[str, Any]:
        """The state and the options, with parameters numbered."""
        numbers = {param: i for i, param in enumerate(chain.from_iterable(g["params"] for g in self.param_groups))}
        groups = [
            {**{k: v for k, v in g.items() if k != "params"}, "params": [numbers[p] for p in g["params"]]}
            for g in self.param_groups
        ]
        return {"state": {numbers[p]: dict(s) for p, s in self.state.items()}, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state that `state_dict` gave."""
        groups = state_dict["param_groups"]
        if len(groups) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(a["params"]) != len(b["params"]) for a, b in zip(groups, self.param_groups, strict=True)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        params = list(chain.from_iterable(g["params"] for g in self.param_groups))
        numbers = list(chain.from_iterable(g["params"] for g in groups))
        by_number = dict(zip(numbers, params, strict=True))
        self.state = defaultdict(dict)
        for number, values in state_dict["state"].items():
            copies = {k: v.detach().clone() if isinstance(v, Tensor) else v for k, v in values.items()}
            self.state[by_number[number]] = copies
        for own, new in zip(self.param_groups, groups, strict=True):
            own.update({k: v for k, v in new.items() if k != "params"})

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for i, group in enumerate(self.param_groups):
            text += f"\nParameter Group {i}\n"
            text += "".join(f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params")
        return text + ")"


class Rowed(Optimizer):
    """An optimizer whose step is one row of the table for each parameter.

    `prepare` makes a parameter's state, `arguments` gives the row's further arguments: buffers and numbers.
    """

    row: Op

    def __init__(self, params: Any, options: dict[str, Any]) -> None:
        super().__init__(params, checked(options))

    def prepare(self, param: Any, group: Group) -> State:
        """The state a parameter starts with."""
        return {}

    def arguments(self, param: Any, state: State, group: Group) -> tuple[Any, ...]:
        """What the row takes after the parameter and its gradient."""
        raise NotImplementedError

    def step(self, closure: Closure | None = None) -> Any:
        """Change every parameter that has a gradient; `closure` computes the loss anew first."""
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with no_grad():
            for group in self.param_groups:
                maximize = group.get("maximize")
                for param in group["params"]:
                    gradient = param._grad
                    if gradient is None:
                        continue
                    state = self.state.get(param)
                    if state is None:
                        state = self.prepare(param, group)
                        if state:
                            self.state[param] = state
                    if maximize:
                        gradient = -gradient
                    further = [array_of(value) for value in self.arguments(param, state, group)]
                    if observe._observer is None and param._data.dtype.itemsize != 2:
                        views.write(param, self.row.forward(param._data, gradient._data, *further))
                    else:
                        run_in_place(self.row, (param, gradient, *further), {})
        return loss


def array_of(value: Any) -> Any:
    """A state buffer as its array: it is the optimizer's own affair, and no input of the program's."""
    return value._data if isinstance(value, Tensor) else value


def zeros_beside(param: Any, value: float = 0.0) -> Any:
    """A state buffer: a tensor of the parameter's shape and type that can be written."""
    buffer = np.zeros_like(param._data)
    if isinstance(buffer, np.generic):
        buffer = np.array(buffer)
    if value:
        buffer[...] = value
    return wrap(buffer)


def scalar(value: float) -> Any:
    """A number of a parameter's state, which torch keeps in a tensor."""
    return wrap(np.float32(value))


def tick(state: State) -> int:
    """Count a step of a parameter."""
    time = int(state["step"]) + 1
    state["step"] = scalar(time)
    return time


INVALID = {
    "lr": "learning rate",
    "eps": "epsilon value",
    **{
        name: f"{name} value"
        for name in ("momentum", "weight_decay", "alpha", "lr_decay", "initial_accumulator_value", "momentum_decay")
    },
}
"""What messages call the options that must not be negative."""


def checked(options: dict[str, Any]) -> dict[str, Any]:
    """The options of a group from an `__init__`'s `locals()`; ValueError for those that make no sense."""
    options = {name: value for name, value in options.items() if name not in ("self", "params", "__class__")}
    for name, value in options.items():
        if name in INVALID and value < 0.0:
            raise ValueError(f"Invalid {INVALID[name]}: {value}")
    for i, beta in enumerate(options.get("betas", ())):
        if not 0.0 <= beta < 1.0:
            raise ValueError(f"Invalid beta parameter at index {i}: {beta}")
    if not 0.0 <= options.get("rho", 0.0) <= 1.0:
        raise ValueError(f"Invalid rho value: {options['rho']}")
    return options


def _type_of(value: Any) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
