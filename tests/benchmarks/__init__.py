"""Benchmarks: ratios against other programs, measured side by side in one run.

`python -m tests.benchmarks` prints them all; each module prints its own.  Nothing here is a test: numbers depend on
the machine, ratios less so.
"""
