"""python -m drr: see `drr.cli`."""

import sys

from drr.cli import main

if __name__ == "__main__":
    sys.exit(main())
