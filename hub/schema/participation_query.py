"""What can be read of organizational life."""

from datetime import date
from typing import Annotated, Any

import strawberry
from strawberry import ID

from hub.models import ActivityKind, InquiryState, ParticipationState, Side
from hub.resolvers import activity, inquiry, participation, quarter, subject
from hub.schema.activity import Activity
from hub.schema.inquiry import Inquiry
from hub.schema.page import After, Connection, First, Whom
from hub.schema.participation import Participation
from hub.schema.quarter import ParticipationSummary
from hub.schema.words import Info, reads, says


@strawberry.type(description="What can be read of organizational life.")
class ParticipationQuery:
    """What can be read of organizational life."""

    @reads(
        Connection[Activity],
        "What the viewer's side hosts. With `openToArrivals: true`: what is open of that, held above it, or near its members (就近就便). Of a member: what they took part in, or what is open near them.",
    )
    async def activities(
        self,
        info: Info,
        organization: Whom = None,
        since: Annotated[date | None, says("Only those held on this day or later, or perhaps.")] = None,
        until: Annotated[date | None, says("Only those held until this day, or perhaps.")] = None,
        kinds: Annotated[list[ActivityKind] | None, says("Only activities of these kinds.")] = None,
        open_to_arrivals: Annotated[
            bool | None, says("Whether arrivals may come; true adds what others hold near.")
        ] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return activities."""
        return await activity.listed(
            info.context,
            first,
            after,
            subject.narrowed(info.context, organization),
            since=since,
            until=until,
            kinds=kinds,
            open_to_arrivals=open_to_arrivals,
        )

    @reads(
        Connection[Participation],
        "Records of both sides, latest day first: of the arrivals of the place and of what it hosts, of the members of the home side, and reports that name the viewer's side as the host.",
    )
    async def participations(
        self,
        info: Info,
        organization: Whom = None,
        since: Annotated[date | None, says("Only from this day on.")] = None,
        until: Annotated[date | None, says("Only until this day.")] = None,
        states: Annotated[list[ParticipationState] | None, says("Only records in these states.")] = None,
        disputed: Annotated[bool | None, says("Whether a dispute waits. Refused to partners.")] = None,
        waiting: Annotated[bool | None, says("Whether confirmed and not acknowledged.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return records of participation."""
        return await participation.listed(
            info.context,
            first,
            after,
            subject.narrowed(info.context, organization),
            since=since,
            until=until,
            states=states,
            disputed=disputed,
            waiting=waiting,
        )

    @reads(
        Connection[ParticipationSummary],
        "What the floating members of a branch did in a quarter or a year: a line for each member with an open departure. The home side's own tokens only.",
    )
    async def participation_summaries(
        self,
        info: Info,
        organization: Annotated[ID, says("Whose members: of a branch, or of everything below an organization.")],
        year: Annotated[int, says("The year.")],
        number: Annotated[int | None, says("The quarter, 1 to 4; left out: the whole year.", name="quarter")] = None,
        first: First = 100,
        after: After = None,
    ) -> Any:
        """Return summaries."""
        whose = subject.organization_of(info.context, organization)
        return await quarter.listed(info.context, 100 if first is None else first, after, whose, year, number)

    @reads(Connection[Inquiry], "Inquiries (协查函) of the viewer's organization and everything below it.")
    async def inquiries(
        self,
        info: Info,
        organization: Whom = None,
        side: Annotated[Side | None, says("OUTFLOW: asked by it; INFLOW: asked of it; left out: both.")] = None,
        states: Annotated[list[InquiryState] | None, says("Only inquiries in these states.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return inquiries."""
        narrowed = subject.narrowed(info.context, organization)
        return await inquiry.listed(info.context, first, after, narrowed, side=side, states=states)
