"""Opening the vault: data keys live in the database, wrapped by the hub's key file."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.crypto import Vault
from hub.domain.dates import today


async def open_vault(connection: AsyncConnection, master: bytes, now: datetime) -> Vault:
    """Return the vault, adding this year's data key when it is missing.

    Raises MasterKeyMismatch when the key file does not open what is stored: the hub must not start then.
    """
    year = today(now).year
    rows = (await connection.execute(text("select id, wrapped from data_key"))).all()
    wrapped = {row.id: row.wrapped for row in rows}
    if wrapped:
        Vault.open(master, wrapped, max(wrapped))
    if year not in wrapped:
        await connection.execute(
            text("insert into data_key (id, wrapped) values (:id, :wrapped) on conflict (id) do nothing"),
            {"id": year, "wrapped": Vault.wrap_new_key(master, year)},
        )
        rows = (await connection.execute(text("select id, wrapped from data_key"))).all()
        wrapped = {row.id: row.wrapped for row in rows}
    return Vault.open(master, wrapped, year)
