"""`python -m visgrad.worker`: a worker that speaks `protocol` on its standard input and output."""

from __future__ import annotations

import argparse
import os


def main() -> None:
    """Take the standard streams for messages, load the engine, serve."""
    parser = argparse.ArgumentParser(prog="visgrad worker")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    device = parser.parse_args().device
    # One BLAS thread: on small matrices more of them are 10–500 times slower when the machine is busy.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from visgrad.worker import limits

    limits.die_with_parent()
    read, write = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    from visgrad.worker.host import Host

    Host(read, write, device).serve()


if __name__ == "__main__":
    main()
