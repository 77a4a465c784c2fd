"""`hub reconcile`: the nightly job, now."""

from __future__ import annotations

import asyncio
import sys

from hub.crypto import read_or_create_master_key
from hub.database.engine import open_database, transaction
from hub.domain.dates import utc_now
from hub.domain.vault import open_vault
from hub.feed.number import number_all
from hub.settings import Settings
from hub.sync.reconcile import Reconciled, reconcile


def run(settings: Settings) -> None:
    """Compare both sides of every liaison and print what was found."""
    found = asyncio.run(_run(settings))
    sys.stdout.write(
        f"新差异 {found.opened}，已消除 {found.closed}，新的匹配询问 {found.candidates}，应转尽转 {found.eligible}，"
        f"介绍信过期 {found.letters}，新关联的参加记录 {found.linked}，超期未确认 {found.overdue}，待查找 {found.searched}"
        f" / differences opened {found.opened}, gone {found.closed},"
        f" match questions {found.candidates}, should transfer {found.eligible}, letters expired {found.letters},"
        f" participations linked {found.linked}, overdue {found.overdue}, to be searched for {found.searched}\n"
    )


async def _run(settings: Settings) -> Reconciled:
    now = utc_now()
    async with open_database(settings) as engine:
        async with transaction(engine) as connection:
            vault = await open_vault(connection, read_or_create_master_key(settings.key_file), now)
        found = await reconcile(engine, vault=vault, now=now)
        await number_all(engine)
    return found
