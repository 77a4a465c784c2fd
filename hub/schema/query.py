"""Everything that can be read."""

from datetime import date
from typing import Annotated, Any

import strawberry
from strawberry import ID

from hub.domain.liaison import LiaisonState
from hub.models import DiscrepancyState, InflowState, MatchState, Side, TaskKind, Topic, TransferState
from hub.resolvers import discrepancy, event, ledger, liaison, match, organization, subject, task, transfer, viewer
from hub.resolvers.node import TypeNumber
from hub.schema.discrepancy import Discrepancy
from hub.schema.event import EventPage
from hub.schema.home_query import HomeQuery
from hub.schema.import_run import ImportRun
from hub.schema.ledger import LedgerConnection
from hub.schema.liaison import Liaison
from hub.schema.match import MatchCandidate
from hub.schema.member import Member
from hub.schema.node import Node
from hub.schema.organization import Organization
from hub.schema.page import After, ById, Connection, First, Whom
from hub.schema.participation_query import ParticipationQuery
from hub.schema.scalars import Cursor
from hub.schema.task import Task, Whose
from hub.schema.transfer import Transfer
from hub.schema.viewer import Viewer
from hub.schema.words import Info, reads, says


@strawberry.type(description="Everything that can be read. An unknown id and an invisible one answer alike: null.")
class Query(ParticipationQuery, HomeQuery):
    """Everything that can be read."""

    @reads(Viewer, "Who is asking, as the token says.")
    def viewer(self, info: Info) -> Any:
        """Return who is asking."""
        return viewer.asking(info.context)

    @reads(Node | None, "Any record by its global id.")
    async def node(self, info: Info, identifier: ById) -> Any:
        """Return any record."""
        return await task.of_any_id(info.context, identifier)

    @reads(Organization | None, "An organization by its official code.")
    async def organization(
        self,
        info: Info,
        code: Annotated[str, says("The official number.")],
        system: Annotated[str | None, says("The numbering system; left out: the hub's own.")] = None,
    ) -> Any:
        """Return an organization by its code."""
        return await organization.by_code(info.context, code, system)

    @reads(Connection[Organization], "The directory, open to every token.")
    async def organizations(
        self,
        info: Info,
        parent: Annotated[ID | None, says("Only what stands directly below this organization.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return the directory."""
        below = subject.narrowed(info.context, parent)
        return await organization.listed(info.context, first, after, below)

    @reads(Member | None, "A member by their global id.")
    async def member(self, info: Info, identifier: ById) -> Any:
        """Return a member."""
        return await subject.of_id(info.context, identifier, TypeNumber.MEMBER)

    @reads(
        Connection[Liaison],
        "What the inflow side has to see: the viewer's organization and everything below it unless narrowed.",
    )
    async def arrivals(
        self,
        info: Info,
        organization: Whom = None,
        branch: Annotated[ID | None, says("Only those placed in this branch.")] = None,
        states: Annotated[list[LiaisonState] | None, says("Only liaisons in these states.")] = None,
        inflow_states: Annotated[list[InflowState] | None, says("Only arrivals in these states.")] = None,
        name: Annotated[
            str | None, says("Only names that begin so; spaces and dots do not count. Refused to partners.")
        ] = None,
        arrived_since: Annotated[date | None, says("Only those who came on this day or later, or may have.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return the inflow side's list."""
        return await liaison.listed(
            info.context,
            Side.INFLOW,
            first,
            after,
            subject.narrowed(info.context, organization),
            states=states,
            inflow_states=inflow_states,
            name=name,
            branch=subject.narrowed(info.context, branch),
            arrived_since=arrived_since,
        )

    @reads(Connection[Liaison], "The same from the outflow side.")
    async def departures(
        self,
        info: Info,
        organization: Whom = None,
        states: Annotated[list[LiaisonState] | None, says("Only liaisons in these states.")] = None,
        name: Annotated[
            str | None, says("Only names that begin so; spaces and dots do not count. Refused to partners.")
        ] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return the outflow side's list."""
        narrowed = subject.narrowed(info.context, organization)
        return await liaison.listed(info.context, Side.OUTFLOW, first, after, narrowed, states=states, name=name)

    @reads(Liaison | None, "A liaison by its id, or by the id of one of its statements.")
    async def liaison(self, info: Info, identifier: ById) -> Any:
        """Return a liaison."""
        return await subject.liaison_of(info.context, identifier)

    @reads(Connection[MatchCandidate], "Arrivals that may be ours and wait for our yes or no. The outflow side only.")
    async def match_candidates(
        self,
        info: Info,
        organization: Whom = None,
        states: Annotated[
            list[MatchState] | None, says("Candidates in these states; left out: those that wait, ASKED.")
        ] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return candidates."""
        narrowed = subject.narrowed(info.context, organization)
        wanted = [MatchState.ASKED] if states is None else states
        return await match.listed(info.context, first, after, narrowed, states=wanted)

    @reads(
        LedgerConnection,
        "One ledger per branch (一支部一台账): each floating member with the open liaison, freshness and this quarter's participation count.",
    )
    async def ledger(
        self,
        info: Info,
        organization: Annotated[ID, says("Whose ledger: of a branch, or of everything below an organization.")],
        first: First = 100,
        after: After = None,
    ) -> Any:
        """Return an organization's ledger."""
        narrowed = subject.organization_of(info.context, organization)
        return await ledger.listed(info.context, 100 if first is None else first, after, narrowed)

    @reads(Connection[Transfer], "Transfers of the viewer's organization and everything below it.")
    async def transfers(
        self,
        info: Info,
        organization: Whom = None,
        side: Annotated[Side | None, says("Only those of this side; left out: of both.")] = None,
        states: Annotated[list[TransferState] | None, says("Only transfers in these states.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return transfers."""
        narrowed = subject.narrowed(info.context, organization)
        return await transfer.listed(info.context, first, after, narrowed, side=side, states=states)

    @reads(Transfer | None, "A transfer by its global id.")
    async def transfer(self, info: Info, identifier: ById) -> Any:
        """Return a transfer."""
        return await subject.of_id(info.context, identifier, TypeNumber.TRANSFER)

    @reads(Connection[Discrepancy], "Differences between the two sides, of liaisons and of transfers.")
    async def discrepancies(
        self,
        info: Info,
        organization: Whom = None,
        states: Annotated[list[DiscrepancyState] | None, says("Only differences in these states.")] = None,
        fields: Annotated[list[str] | None, says("Only differences of these fields, such as `workUnit`.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return differences."""
        narrowed = subject.narrowed(info.context, organization)
        return await discrepancy.listed(info.context, first, after, narrowed, states=states, fields=fields)

    @reads(
        Connection[Task],
        "What waits for the viewer (MINE), for the other side (THEIRS): each with what, who, until when, and the object. Soonest due first.",
    )
    async def tasks(
        self,
        info: Info,
        organization: Whom = None,
        whose: Annotated[Whose | None, says("Whose tasks.")] = Whose.MINE,
        kinds: Annotated[list[TaskKind] | None, says("Only tasks of these kinds.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Any:
        """Return tasks."""
        narrowed = subject.narrowed(info.context, organization)
        return await task.listed(info.context, first, after, narrowed, (whose or Whose.MINE).value, kinds)

    @reads(
        EventPage,
        "The stream by polling: the same items as the subscription, oldest first. Without `after`: from the oldest kept event.",
    )
    async def events(
        self,
        info: Info,
        after: Annotated[Cursor | None, says("The cursor of the last item read.")] = None,
        topics: Annotated[
            list[Topic] | None, says("Only events about these; the sequence of this view then has only them.")
        ] = None,
        first: First = 100,
    ) -> Any:
        """Return a page of the stream."""
        return await event.page(info.context, after, topics, 100 if first is None else first)

    @reads(ImportRun | None, "A run of ledger import by its global id.")
    async def import_run(self, info: Info, identifier: ById) -> Any:
        """Return an import run."""
        return await subject.of_id(info.context, identifier, TypeNumber.IMPORT_RUN)
