"""A line search for the strong Wolfe conditions (Nocedal and Wright, algorithms 3.5 and 3.6)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SUFFICIENT, CURVATURE, TOLERANCE = 1e-4, 0.9, 1e-9


@dataclass
class Point:
    """A step along the direction with the loss, the gradient and the slope there."""

    step: float
    loss: float
    gradient: Any
    slope: float


def cubic_minimum(a: Point, b: Point, bounds: tuple[float, float] | None = None) -> float:
    """Where the cubic through both points' losses and slopes is least, within bounds."""
    low, high = bounds if bounds is not None else (min(a.step, b.step), max(a.step, b.step))
    if a.step == b.step:
        return (low + high) / 2.0
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.step - b.step)
    square = d1 * d1 - a.slope * b.slope
    if square < 0:
        return (low + high) / 2.0
    left, right = (a, b) if a.step <= b.step else (b, a)
    d2 = math.sqrt(square)
    width = right.slope - left.slope + 2 * d2
    best = right.step - (right.step - left.step) * ((right.slope + d2 - d1) / width) if width else math.nan
    return min(max(best, low), high)


def strong_wolfe(
    evaluate: Callable[[float, Any], tuple[float, Any]],
    step: float,
    direction: Any,
    loss: float,
    gradient: Any,
    slope: Any,
    most: int,
) -> tuple[float, Any, float, int]:
    """Loss, gradient, step and number of evaluations at a point that satisfies the conditions, in `most` rounds."""
    start = Point(0.0, loss, gradient.clone(), float(slope))

    def at(t: float) -> Point:
        value, new = evaluate(t, direction)
        return Point(t, value, new.clone(), float(new.dot(direction)))

    def too_high(point: Point) -> bool:
        return point.loss > start.loss + SUFFICIENT * point.step * start.slope

    def flat(point: Point) -> bool:
        return abs(point.slope) <= -CURVATURE * start.slope

    previous, now, count, rounds = start, at(step), 1, 0
    bracket: list[Point] = []
    while rounds < most:
        if too_high(now) or (rounds > 1 and now.loss >= previous.loss):
            bracket = [previous, now]
            break
        if flat(now):
            return now.loss, now.gradient, now.step, count
        if now.slope >= 0:
            bracket = [previous, now]
            break
        nearest = now.step + 0.01 * (now.step - previous.step)
        following = cubic_minimum(previous, now, (nearest, now.step * 10))
        previous, now = now, at(following)
        count += 1
        rounds += 1
    if rounds == most:
        bracket = [start, now]
    best, spent = zoom(bracket, at, too_high, flat, float(direction.abs().max()), most - rounds)
    return best.loss, best.gradient, best.step, count + spent


def zoom(
    bracket: list[Point],
    at: Callable[[float], Point],
    too_high: Callable[[Point], bool],
    flat: Callable[[Point], bool],
    size: float,
    rounds: int,
) -> tuple[Point, int]:
    """Narrow a bracket until its better end satisfies the conditions; that end and the evaluations spent."""
    low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
    stuck = False
    spent = 0
    while spent < rounds:
        near, far = sorted(point.step for point in bracket)
        if (far - near) * size < TOLERANCE:
            break
        step = cubic_minimum(bracket[0], bracket[1])
        margin = 0.1 * (far - near)
        if min(far - step, step - near) < margin:
            # Close to an end: accepted once, then moved a tenth of the bracket inwards.
            if stuck or step >= far or step <= near:
                step = far - margin if abs(step - far) < abs(step - near) else near + margin
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        point = at(step)
        spent += 1
        if too_high(point) or point.loss >= bracket[low].loss:
            bracket[high] = point
            low, high = (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)
            continue
        done = flat(point)
        if not done and point.slope * (bracket[high].step - bracket[low].step) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = point
        if done:
            break
    return bracket[low], spent
