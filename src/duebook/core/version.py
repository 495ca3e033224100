"""The program's version, for covers and seals; `duebook.__version__` is the same."""

VERSION = "0.1.0"
