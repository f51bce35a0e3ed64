"""`python -m visgrad`: the `visgrad` command."""

from __future__ import annotations

import sys

from visgrad.cli import main

if __name__ == "__main__":
    sys.exit(main())
