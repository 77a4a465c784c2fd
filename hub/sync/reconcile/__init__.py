"""Reconciling: compare both statements of every liaison, and find what waits for somebody. Twice changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.crypto import Vault
from hub.database.engine import transaction
from hub.domain import candidate, discrepancy, letter, question
from hub.sync.reconcile.participation import reconcile_participation

_BATCH = 500
_LIVE = text("select id from match where state = 'CONFIRMED' and ended_at is null and id > :after order by id limit :n")


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one run found: differences opened and gone, questions asked, letters that expired; participation linked and
    overdue, members to be searched for."""

    opened: int = 0
    closed: int = 0
    candidates: int = 0
    eligible: int = 0
    letters: int = 0
    linked: int = 0
    overdue: int = 0
    searched: int = 0


async def reconcile(engine: AsyncEngine, *, vault: Vault, now: datetime) -> Reconciled:
    """Compare everything, in transactions of 500 liaisons, then ask what is to be asked.

    Departures without arrival, arrivals without departure, receipts overdue, returned but not closed and one number on
    two members are derived from the records as tasks; they need no run to be seen.
    """
    opened = closed = 0
    after = UUID(int=0)
    while True:
        async with transaction(engine) as connection:
            ids = list((await connection.execute(_LIVE, {"after": after, "n": _BATCH})).scalars())
            if not ids:
                break
            compared = await discrepancy.compare(connection, vault=vault, now=now, matches=ids)
        opened, closed, after = opened + compared.opened, closed + compared.closed, ids[-1]
    candidates = await ask_candidates(engine, now=now)
    async with transaction(engine) as connection:
        letters = await letter.expire(connection, now=now)
    async with transaction(engine) as connection:
        eligible = await question.ask_eligible(connection, now=now)
    lives = await reconcile_participation(engine, now=now)
    return Reconciled(opened, closed, candidates, eligible, letters, lives.linked, lives.overdue, lives.searched)


async def ask_candidates(engine: AsyncEngine, *, now: datetime) -> int:
    """Ask every open question about a possible match, in transactions of their own."""
    asked = 0
    while True:
        async with transaction(engine) as connection:
            found = await candidate.ask_candidates(connection, now=now)
        asked += found
        if found == 0:
            return asked
