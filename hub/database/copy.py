"""Writing many rows at once: COPY inside the caller's transaction, and plans for statements about many rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

_PLANNED_ANEW: Final = "hub_planned_anew"
_PLAN_ANEW: Final = "set local plan_cache_mode = force_custom_plan"
_KEEP_PLANS: Final = "set local plan_cache_mode = auto"


async def plan_anew(connection: AsyncConnection) -> None:
    """Let every statement of this transaction be planned when it runs.

    The tables grow under a big import: a plan made when they were empty would be kept and read them from end to end.
    For the same reason a look into an index counts as cheap: what a batch looks for was mostly just written.
    """
    await connection.execution_options(**{_PLANNED_ANEW: True})
    await connection.exec_driver_sql(_PLAN_ANEW)
    await connection.exec_driver_sql("set local random_page_cost = 1.1")


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
    assert connection.sync_connection is not None
    if not raw.is_in_transaction():
        await connection.exec_driver_sql("select 1")
    # The look at each row's foreign keys is a statement too, and planning it costs four times as much as looking.
    planned_anew = _PLANNED_ANEW in connection.sync_connection.get_execution_options()
    if planned_anew:
        await raw.execute(_KEEP_PLANS)
    await raw.copy_records_to_table(table, records=records, columns=columns)
    if planned_anew:
        await raw.execute(_PLAN_ANEW)
