"""What a write says of one command: what it changed, or why not."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hub.errors import Refused


@dataclass(frozen=True, slots=True)
class Changed:
    """A record as it stands after a command. `changed` is False when the command said nothing new; `new` when it
    made the record."""

    id: UUID
    version: int
    changed: bool = True
    new: bool = False


Outcome = Changed | Refused
"""One answer per command, in the order of the commands."""
