"""Ids of new records."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

from asyncpg.pgproto import pgproto

_VERSION_4: Final = 0x4 << 76
_VERSION_7: Final = 0x7 << 76
_VARIANT: Final = 0x2 << 62
_NOT_RANDOM: Final = ~((0xF << 76) | (0x3 << 62))
# A uuid.UUID of the driver's own, as rows that are read have it: made and written in half the time.
_id: Final[Callable[[bytes], UUID]] = pgproto.UUID


def random_id() -> UUID:
    """Return a new id that tells nothing (RFC 9562, version 4)."""
    return _random(os.urandom(16))


def _random(drawn: bytes) -> UUID:
    return _id((int.from_bytes(drawn) & _NOT_RANDOM | _VERSION_4 | _VARIANT).to_bytes(16))


def random_ids(number: int) -> list[UUID]:
    """Return so many of them, drawn at once."""
    drawn = os.urandom(16 * number)
    return [_random(drawn[begin : begin + 16]) for begin in range(0, 16 * number, 16)]


def next_id() -> UUID:
    """Return a new id that sorts behind those of earlier milliseconds (RFC 9562, version 7), the rest of it random.

    Rows that are made together then lie together in every index. It tells when the record was made, so it is for
    records whose readers all see `recorded_at`.
    """
    drawn = int.from_bytes(os.urandom(10)) & _NOT_RANDOM
    return _id(((time.time_ns() // 1_000_000) << 80 | drawn | _VERSION_7 | _VARIANT).to_bytes(16))
