"""Cards for the comparison of what a registrar obtains: what the county issued, and what is shown at the place."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from hub.domain import activity_card


async def issue_cards(connection: AsyncConnection, by: dict[str, Any], member_id: UUID) -> None:
    """A card of the member that is void (YL-8), and one in use (YL-9)."""
    who = {"viewer": by["viewer"], "now": by["now"]}
    card = {"member_id": member_id, "issued_on": by["now"].date()}
    lost = await activity_card.issue(connection, **who, **card, number="YL-8")
    await activity_card.void(connection, **who, card_id=lost.id, version=1, reason="遗失")
    await activity_card.issue(connection, **who, **card, number="YL-9")


async def show_cards(side: Any, liaison: str) -> None:
    """The arrival shows both, and one that is nobody's."""
    for number in ("YL-9", "YL-8", "YL-404"):
        await side.call("verifyActivityCard", liaisonId=liaison, number=number)
        await side.look(liaison)
