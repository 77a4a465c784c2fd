"""The person who operates a hub: what stops it and they can mend, and what they are told on the way."""

import sys


class OperatorError(Exception):
    """Its text is one line for the person at the terminal, Chinese first, saying what to do."""


def tell(line: str) -> None:
    """Write one line to the terminal, on stderr: stdout belongs to what the command answers."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201
