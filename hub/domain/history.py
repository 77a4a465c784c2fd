"""Keeping the superseded versions of statements."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.models import Base


@cache
def _keep(table: str) -> TextClause:
    columns = ", ".join(column.name for column in Base.metadata.tables[table].columns)
    # The names are those of our own tables.
    return text(f"insert into {table}_history ({columns}) select {columns} from {table} where id = any(:ids)")


async def keep(connection: AsyncConnection, table: str, statements: Iterable[UUID]) -> None:
    """Copy the present version of some statements (`departure` or `arrival`) to the history, before it changes."""
    ids = list(statements)
    if ids:
        await connection.execute(_keep(table), {"ids": ids})
