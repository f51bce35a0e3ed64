"""PyTorch's own operator samples, run on the engine: what is left out, how samples are converted and compared.

`python -m tests.benchmarks.mirror` runs them all and prints the table.
"""
