"""What the tests of programs share: a real worker that runs one program after another."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.visgrad.worker_runs import Runner


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """One worker for all programs of a module."""
    runner = Runner()
    yield runner
    runner.close()
