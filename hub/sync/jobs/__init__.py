"""The periodic duties of a hub. Each reads the present state; run twice, it changes nothing the second time.

Numbering of events is no job: every process that can append events does it by its own `Bell`, at least each second.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.crypto import Vault
from hub.database.engine import transaction
from hub.domain import letter
from hub.settings import Settings
from hub.sync import reconcile
from hub.sync.jobs.forget import compare_inbox, forget_events, forget_operations
from hub.sync.jobs.runner import Job
from hub.sync.ledger import run as ledger

ASK_CANDIDATES = "ask_candidates"
"""To be rung when arrivals were registered or statements amended."""


def jobs(settings: Settings, vault: Vault) -> tuple[Job, ...]:
    """Return all jobs, for a `Runner`. Times are those of Asia/Shanghai, when offices are closed."""
    retention = timedelta(days=settings.feed_retention_days)

    async def ask_candidates(engine: AsyncEngine, now: datetime) -> None:
        await reconcile.ask_candidates(engine, now=now)

    async def reconcile_all(engine: AsyncEngine, now: datetime) -> None:
        await reconcile.reconcile(engine, vault=vault, now=now)

    async def expire_letters(engine: AsyncEngine, now: datetime) -> None:
        async with transaction(engine) as connection:
            await letter.expire(connection, now=now)

    async def forget_uploads(engine: AsyncEngine, now: datetime) -> None:
        async with transaction(engine) as connection:
            await ledger.expire(connection, now=now)

    async def forget_old_events(engine: AsyncEngine, now: datetime) -> None:
        await forget_events(engine, now, retention)

    return (
        Job(ASK_CANDIDATES, timedelta(minutes=1), ask_candidates),
        Job("expire_letters", time(0, 5), expire_letters),
        Job("reconcile", time(2), reconcile_all),
        Job("forget_uploads", timedelta(hours=1), forget_uploads),
        Job("forget_operations", time(3), forget_operations),
        Job("forget_events", time(3, 30), forget_old_events),
        Job("compare_inbox", time(4), compare_inbox),
    )
