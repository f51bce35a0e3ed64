"""PyTorch's own operator samples against the engine: how many of how many operators agree.

    python -m tests.benchmarks.mirror [-k PATTERN] [--dtypes float64 bfloat16 …] [--exact] [--json PATH] [--details]

For every entry of torch's operator database (`op_db`) that is in scope, the samples of each type are run on both:
value, type and shape, first and second derivatives, non-contiguous inputs, the method and the in-place method, and
the errors of calls that must fail.  An operator agrees in a type when everything but messages does.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import json
import re
import signal
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from tests.engine.mirror import compare, convert
from tests.engine.mirror.convert import torch
from tests.engine.mirror.excluded import reason

DTYPES = ("float64", "float32", "bfloat16", "float16", "int64", "bool")
SAMPLES, SECOND, OTHERS = 40, 6, 6
"""At most so many samples, so many of them with second derivatives, so many for the other forms."""


@dataclass
class Result:
    """One operator in one type."""

    name: str
    dtype: str
    agree: int = 0
    total: int = 0
    messages: int = 0
    said: int = 0
    missing: bool = False
    first: str = ""
    wrong: dict[str, int] = field(default_factory=dict)
    message: str = ""

    @property
    def agrees(self) -> bool:
        """Whether everything but messages is as in torch."""
        return not self.missing and self.agree == self.total

    def add(self, check: compare.Check) -> None:
        """Count one check."""
        if check.kind == "message":
            self.messages += 1
            self.said += not check.difference
            self.message = self.message or check.difference
            return
        self.total += 1
        if not check.difference:
            self.agree += 1
            return
        self.wrong[check.kind] = self.wrong.get(check.kind, 0) + 1
        self.first = self.first or f"{check.kind}: {check.difference}"


def full_name(entry: Any) -> str:
    """The name of an entry with its variant."""
    return f"{entry.name}.{entry.variant_test_name}" if entry.variant_test_name else str(entry.name)


def late(_signal: int, _frame: FrameType | None) -> None:
    """What happens when an operator takes too long."""
    raise TimeoutError


def samples_of(entry: Any, dtype: Any) -> Iterator[Any]:
    """The samples of an operator, the same in every run."""
    compare.seed()
    wants = dtype.is_floating_point and entry.supports_autograd
    found = list(itertools.islice(entry.sample_inputs("cpu", dtype, requires_grad=wants), SAMPLES))
    yield from found


def checks(entry: Any, dtype: Any) -> Iterator[compare.Check]:
    """Everything that is compared for one operator in one type."""
    function = convert.function_for(entry)
    if function is None:
        return
    found = list(samples_of(entry, dtype))
    for number, sample in enumerate(found):
        yield from converted(compare.differences(entry, sample, function, number < SECOND))
    for sample in found[:OTHERS]:
        try:
            apart = sample.noncontiguous()
        except (RuntimeError, TypeError, NotImplementedError):
            continue
        for check in converted(compare.differences(entry, apart, function, False)):
            yield compare.Check(f"non-contiguous {check.kind}", check.difference)
    for kind, variant, compared in (
        ("method", entry.method_variant, compare.as_method),
        ("in place", entry.inplace_variant, compare.in_place),
    ):
        if variant is None or not found:
            continue
        method = convert.method_for(variant)
        if method is None:
            yield compare.Check(kind, f"no Tensor.{getattr(variant, '__name__', entry.name)}")
            continue
        for sample in found[:OTHERS]:
            yield from converted(compared(entry, sample, method))
    if entry.error_inputs_func is not None and dtype is torch.float32:
        compare.seed()
        for error_input in entry.error_inputs("cpu"):
            yield from converted(compare.message(entry, error_input, function))


def converted(found: Iterable[compare.Check]) -> Iterator[compare.Check]:
    """The checks of a sample, or none where the engine has no counterpart of what it holds."""
    try:
        yield from found
    except convert.Unconvertible as what:
        if str(what).startswith("no "):
            yield compare.Check("forward", f"{what} in the engine")


def run(entry: Any, name: str, seconds: int) -> Result:
    """One operator in one type, within a time."""
    result = Result(full_name(entry), name)
    if convert.function_for(entry) is None:
        result.missing, result.first = True, "missing"
        return result
    signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        for check in checks(entry, getattr(torch, name)):
            result.add(check)
    except TimeoutError:
        result.add(compare.Check("forward", f"took more than {seconds} s"))
    except (RuntimeError, ValueError, TypeError, AssertionError) as error:
        result.add(compare.Check("forward", f"cannot be compared: {compare.first_line(error)}"))
    finally:
        signal.alarm(0)
    return result


def entries(pattern: str) -> tuple[list[Any], Counter[str]]:
    """The operators in scope, and how many are left out for which reason."""
    database: Any = importlib.import_module("torch.testing._internal.common_methods_invocations")
    left_out: Counter[str] = Counter()
    found = []
    for entry in database.op_db:
        why = reason(full_name(entry))
        if why is not None:
            left_out[why] += 1
        elif re.search(pattern, full_name(entry)):
            found.append(entry)
    return found, left_out


def summary(results: list[Result], left_out: Counter[str]) -> None:
    """The lines at the end."""
    for dtype in dict.fromkeys(r.dtype for r in results):
        of = [r for r in results if r.dtype == dtype]
        if of:
            agree, missing = sum(r.agrees for r in of), sum(r.missing for r in of)
            checks = f"{sum(r.agree for r in of)} of {sum(r.total for r in of)} checks"
            print(f"{agree} of {len(of)} operators agree in {dtype} ({missing} missing; {checks})")
    print(f"{sum(r.said for r in results)} of {sum(r.messages for r in results)} error messages agree")
    print(f"left out on purpose: {sum(left_out.values())} ({', '.join(f'{n} {why}' for why, n in left_out.items())})")


def main() -> None:
    """Run, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("-k", dest="pattern", default="", help="a regular expression that names must contain")
    parser.add_argument("--dtypes", nargs="+", default=list(DTYPES))
    parser.add_argument("--exact", action="store_true", help="to the bit, for the types of two bytes")
    parser.add_argument("--json", type=Path, help="where to write the results, machine-readable")
    parser.add_argument("--seconds", type=int, default=30, help="the longest an operator may take in one type")
    parser.add_argument("--details", action="store_true", help="print operators that agree, too, and messages")
    options = parser.parse_args()
    if options.exact:
        for table in (compare.FORWARD, compare.GRADIENT, compare.SECOND):
            table.update(dict.fromkeys(compare.HALVES, 0.0))
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    found, left_out = entries(options.pattern)
    results: list[Result] = []
    start = time.perf_counter()
    for entry in found:
        for name in options.dtypes:
            if getattr(torch, name) not in entry.dtypes:
                continue
            result = run(entry, name, options.seconds)
            results.append(result)
            if options.details or not result.agrees:
                print(f"{result.name:44} {name:8} {result.agree:4}/{result.total:<4} {result.first}", flush=True)
            if options.details and result.message:
                print(f"{'':44} message  {result.said:4}/{result.messages:<4} {result.message}")
    summary(results, left_out)
    print(f"{time.perf_counter() - start:.0f} s")
    if options.json:
        options.json.write_text(json.dumps([asdict(r) for r in results], indent=1), "utf-8")


if __name__ == "__main__":
    main()
