"""Relations of rows: each is one set-based read through `visibility.rows`, made once and kept, so that loaders share it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import visibility
from hub.domain.viewer import Viewer
from hub.resolvers.context import Read


@cache
def one(model: type[Any]) -> Read:
    """Return the read of rows of a table by id."""

    async def read(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> Mapping[UUID, Row[Any]]:
        return {row.id: row for row in await visibility.rows(connection, viewer, model, ids)}

    return read


@cache
def many(model: type[Any], by: str) -> Read:
    """Return the read of all rows of a table whose column `by` is the key."""

    async def read(connection: AsyncConnection, viewer: Viewer, ids: list[UUID]) -> Mapping[UUID, list[Row[Any]]]:
        found: dict[UUID, list[Row[Any]]] = defaultdict(list)
        for row in await visibility.rows(connection, viewer, model, ids, by=by):
            found[getattr(row, by)].append(row)
        return {key: found[key] for key in ids}

    return read
