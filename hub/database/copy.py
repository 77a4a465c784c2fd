"""Writing many rows at once: COPY inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection


async def copy_rows(
    connection: AsyncConnection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Write rows to a table by COPY. Columns and values stand in the same order; nothing happens for no rows.

    SQLAlchemy begins its transaction with the first statement that it sends; COPY goes past it, so one is sent first.
    """
    records = list(rows)
    if not records:
        return
    raw = (await connection.get_raw_connection()).driver_connection
    assert raw is not None
    if not raw.is_in_transaction():
        await connection.exec_driver_sql("select 1")
    await raw.copy_records_to_table(table, records=records, columns=columns)
