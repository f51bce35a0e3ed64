"""`python -m visgrad.worker`: a worker that speaks `protocol` on its standard input and output."""

from __future__ import annotations

import argparse
import os
import sys
from types import TracebackType


def main() -> None:
    """Take the standard streams for messages, load the engine, serve."""
    parser = argparse.ArgumentParser(prog="visgrad worker")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--fence", default="", choices=("whole", "gpu"), help="what it may open (by its device)")
    parser.add_argument("--memory", default="", choices=("space", "data", "watched"), help="what bounds its memory")
    options = parser.parse_args()
    sys.excepthook = complain
    # One BLAS thread: on small matrices more of them are 10–500 times slower when the machine is busy.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from visgrad.worker import limits

    limits.die_with_parent()
    read, write = os.dup(0), os.dup(1)
    if sys.platform != "win32":
        os.set_blocking(2, False)  # nobody reads it before the end
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    from visgrad.worker.host import Host

    Host(read, write, options.device, options.fence, options.memory).serve()


def complain(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Say where the worker itself failed; the usual hook would read source files, which the fence refuses."""
    said = f"{kind.__name__}: {error}"
    while traceback is not None:
        said += f" < {os.path.basename(traceback.tb_frame.f_code.co_filename)}:{traceback.tb_lineno}"  # noqa: PTH119
        traceback = traceback.tb_next
    os.write(2, f"{said}\n".encode(errors="replace"))


if __name__ == "__main__":
    main()
