"""`python -m duebook …`, for computers on which the command `duebook` is not on the path (Windows, often)."""

import sys

from duebook.hosts.cli import main

if __name__ == "__main__":
    sys.exit(main())
