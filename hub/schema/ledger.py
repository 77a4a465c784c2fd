"""One ledger per branch (一支部一台账), in GraphQL words."""

from datetime import date

import strawberry

from hub.models import Member as MemberRow
from hub.resolvers.relation import one
from hub.schema.liaison import Liaison
from hub.schema.member import Member
from hub.schema.page import PageInfo
from hub.schema.words import leaf, relation


@strawberry.type(description="One line of a branch's ledger: a floating member with the open liaison.")
class LedgerEntry:
    """One line of a branch's ledger."""

    member: Member | None = relation(
        one(MemberRow), "member_id", "The member, where the reader may see whose line it is."
    )
    liaison: Liaison | None = leaf("The open liaison.")
    fresh_on: date | None = leaf("The day on which the own statement was last confirmed or amended.")
    overdue: bool = leaf("Whether that is longer ago than the rule allows.")
    participation_count: int | None = leaf(
        "How often the member attended this quarter; null on the inflow side's lines, and to partners."
    )


@strawberry.type(description="One line of a ledger, with its place.")
class LedgerEdge:
    """One line of a ledger, with its place."""

    cursor: str = leaf("The place of this line: opaque and sealed; good only for the same ledger.")
    node: LedgerEntry = leaf("The line.")


@strawberry.type(description="One page of a ledger, newest first.")
class LedgerConnection:
    """One page of a ledger."""

    edges: list[LedgerEdge] = leaf("The lines of this page, in order.")
    page_info: PageInfo = leaf("Where this page stands in the ledger.")
