"""What can be read of what the home side keeps of its members."""

from datetime import date
from typing import Annotated, Any

import strawberry

from hub.models import CardState, Grade
from hub.resolvers import home, subject
from hub.schema.activity_card import ActivityCard
from hub.schema.appraisal import Appraisal
from hub.schema.exemption import Exemption
from hub.schema.page import After, Connection, First, Whom
from hub.schema.words import Info, reads, says


@strawberry.type(description="What can be read of what the home side keeps of its members.")
class HomeQuery:
    """What can be read of what the home side keeps of its members."""

    @reads(
        Connection[ActivityCard],
        "Activity cards (流动党员活动证) of the viewer's members, handed out by its side, or shown to it by arrivals.",
    )
    async def activity_cards(
        self,
        info: Info,
        organization: Whom = None,
        states: Annotated[list[CardState] | None, says("Only cards in these states.")] = None,
        number: Annotated[str | None, says("Only those with this number. Refused to partners.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return activity cards."""
        narrowed = subject.narrowed(info.context, organization)
        return await home.cards(info.context, first, after, narrowed, states=states, number=number)

    @reads(Connection[Appraisal], "The grades (民主评议) of the viewer's members; the home side and the member only.")
    async def appraisals(
        self,
        info: Info,
        organization: Whom = None,
        year: Annotated[int | None, says("Only of this year.")] = None,
        grades: Annotated[list[Grade] | None, says("Only these grades.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return grades."""
        narrowed = subject.narrowed(info.context, organization)
        return await home.appraisals(info.context, first, after, narrowed, year=year, grades=grades)

    @reads(
        Connection[Exemption],
        "Exemptions from attendance (条例 Art 23) of the viewer's members; the home side and the member only.",
    )
    async def exemptions(
        self,
        info: Info,
        organization: Whom = None,
        on: Annotated[date | None, says("Only those in force on this day.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return exemptions."""
        narrowed = subject.narrowed(info.context, organization)
        return await home.exemptions(info.context, first, after, narrowed, on=on)
