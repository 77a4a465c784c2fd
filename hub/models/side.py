"""The two sides of everything."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """OUTFLOW holds the formal relationship; INFLOW is where the member lives."""

    OUTFLOW = "OUTFLOW"
    INFLOW = "INFLOW"

    @property
    def other(self) -> Side:
        """Return the counterpart."""
        return Side.INFLOW if self is Side.OUTFLOW else Side.OUTFLOW
