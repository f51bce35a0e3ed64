"""L-BFGS: steps along a direction that an approximate inverse Hessian gives (Nocedal, 1980)."""

from __future__ import annotations

import functools
from typing import Any

from engine.apply import run
from engine.grad_mode import enable_grad, no_grad
from engine.optim.line_search import strong_wolfe
from engine.optim.optimizer import Closure, Optimizer, checked
from engine.registry import OPS


class LBFGS(Optimizer):
    """Minimises with a history of steps and gradient changes; `step` needs a closure that computes the loss anew."""

    def __init__(
        self,
        params: Any,
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        if max_eval is None:
            max_eval = max_iter * 5 // 4
        super().__init__(params, checked(locals()))
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")
        self._params = self.param_groups[0]["params"]

    def _gradient(self) -> Any:
        """All gradients in one vector."""
        parts = [(run(OPS["zeros_like"], (p,), {}) if p.grad is None else p.grad).reshape(-1) for p in self._params]
        return run(OPS["cat"], (parts,), {})

    def _move(self, step: float, direction: Any) -> None:
        """Add `step · direction` to the parameters."""
        offset = 0
        for p in self._params:
            count = p.numel()
            p.add_(direction[offset : offset + count].view_as(p), alpha=step)
            offset += count

    def _evaluate(self, closure: Closure, start: list[Any], step: float, direction: Any) -> tuple[float, Any]:
        """Loss and gradient at `step` along the direction; the parameters go back to where they were."""
        self._move(step, direction)
        with enable_grad():
            loss = float(closure())
        gradient = self._gradient()
        for p, before in zip(self._params, start, strict=True):
            p.copy_(before)
        return loss, gradient

    def step(self, closure: Closure | None = None) -> Any:
        """Up to max_iter steps; the loss of the first evaluation."""
        if closure is None:
            raise TypeError("LBFGS.step() missing 1 required positional argument: 'closure'")
        with no_grad():
            return self._iterate(closure)

    def _iterate(self, closure: Closure) -> Any:
        group = self.param_groups[0]
        state = self.state[self._params[0]]
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        with enable_grad():
            first = closure()
        loss, evaluations = float(first), 1
        state["func_evals"] += 1
        gradient = self._gradient()
        if float(gradient.abs().max()) <= group["tolerance_grad"]:
            return first
        iterations = 0
        while iterations < group["max_iter"]:
            iterations += 1
            state["n_iter"] += 1
            direction = self._direction(state, gradient, group["history_size"])
            previous_gradient, previous_loss = gradient.clone(), loss
            step = group["lr"]
            if state["n_iter"] == 1:
                step = min(1.0, 1.0 / float(gradient.abs().sum())) * group["lr"]
            slope = gradient.dot(direction)
            if float(slope) > -group["tolerance_change"]:
                state["prev_flat_grad"], state["prev_loss"] = previous_gradient, previous_loss
                break
            spent = 0
            if group["line_search_fn"] is not None:
                if group["line_search_fn"] != "strong_wolfe":
                    raise RuntimeError("only 'strong_wolfe' is supported")
                start = [p.clone() for p in self._params]
                evaluate = functools.partial(self._evaluate, closure, start)
                loss, gradient, step, spent = strong_wolfe(
                    evaluate, step, direction, loss, gradient, slope, group["max_eval"] - evaluations
                )
                self._move(step, direction)
            else:
                self._move(step, direction)
                if iterations != group["max_iter"]:
                    with enable_grad():
                        loss = float(closure())
                    gradient = self._gradient()
                    spent = 1
            evaluations += spent
            state["func_evals"] += spent
            state.update(d=direction, t=step, prev_flat_grad=previous_gradient, prev_loss=previous_loss)
            if self._finished(group, iterations, evaluations, gradient, direction, step, loss, previous_loss):
                break
        return first

    @staticmethod
    def _finished(
        group: dict[str, Any],
        iterations: int,
        evaluations: int,
        gradient: Any,
        direction: Any,
        step: float,
        loss: float,
        previous_loss: float,
    ) -> bool:
        """Whether enough was done, or nothing changes any more."""
        return bool(
            iterations == group["max_iter"]
            or evaluations >= group["max_eval"]
            or float(gradient.abs().max()) <= group["tolerance_grad"]
            or float(direction.mul(step).abs().max()) <= group["tolerance_change"]
            or abs(loss - previous_loss) < group["tolerance_change"]
        )

    @staticmethod
    def _direction(state: dict[str, Any], gradient: Any, history_size: int) -> Any:
        """The negative gradient times the approximate inverse Hessian: the two-loop recursion."""
        if state["n_iter"] == 1:
            state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1)
            return gradient.neg()
        change = gradient.sub(state["prev_flat_grad"])
        move = state["d"].mul(state["t"])
        curvature = float(change.dot(move))
        if curvature > 1e-10:
            if len(state["old_dirs"]) == history_size:
                for name in ("old_dirs", "old_stps", "ro"):
                    state[name].pop(0)
            state["old_dirs"].append(change)
            state["old_stps"].append(move)
            state["ro"].append(1.0 / curvature)
            state["H_diag"] = curvature / float(change.dot(change))
        q = gradient.neg()
        weights = [0.0] * len(state["ro"])
        for i in reversed(range(len(weights))):
            weights[i] = float(state["old_stps"][i].dot(q)) * state["ro"][i]
            q.add_(state["old_dirs"][i], alpha=-weights[i])
        d = q.mul(state["H_diag"])
        for i in range(len(weights)):
            back = float(state["old_dirs"][i].dot(d)) * state["ro"][i]
            d.add_(state["old_stps"][i], alpha=weights[i] - back)
        return d
