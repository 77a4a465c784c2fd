"""How many arrivals one organization may register by hand in a day (domain 0.11): registering is also asking."""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain.dates import SHANGHAI, today
from hub.domain.viewer import Viewer
from hub.errors import TooMany

_REGISTERED: Final = text(
    "select count(*) from operation where organization_id = :organization and mutation = 'registerArrival'"
    " and recorded_at >= :since"
)


async def require_below(connection: AsyncConnection, *, viewer: Viewer, now: datetime, most: int) -> None:
    """Refuse one arrival more than a day's limit. Raises TooMany. The call at hand counts: its operation is begun."""
    since = datetime.combine(today(now), time(), SHANGHAI)
    found = await connection.execute(_REGISTERED, {"organization": viewer.organization, "since": since})
    if found.scalar_one() > most:
        raise TooMany("organizationId")
