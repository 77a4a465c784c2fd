"""What a member did in a quarter or a year, in GraphQL words. The home side and the member only."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub.models import Member as MemberRow
from hub.resolvers import contact as resolve
from hub.resolvers.relation import one
from hub.schema.contact import ContactStatus
from hub.schema.words import derived, leaf, relation

if TYPE_CHECKING:
    from hub.schema.member import Member


@strawberry.type(
    description="What a member did in a quarter or a year. Attended: PRESENT or LATE, confirmed or later or accepted on evidence; what was told twice counts once."
)
class ParticipationSummary:
    """What a member did in a period."""

    member: Annotated["Member", strawberry.lazy("hub.schema.member")] | None = relation(
        one(MemberRow), "member_id", "Who."
    )
    since: date = leaf("The first day of the period.")
    until: date = leaf("The last day of the period.")
    held_near: int = leaf("Activities held near the member that they could come to, or were marked at.")
    attended: int = leaf("参加次数.")
    online: int = leaf("How many of those online.")
    excused: int = leaf("请假次数: sick, official and personal leave.")
    unexcused: int = leaf("Absences without cause that weigh: told by the home side, or the member was heard.")
    unheard: int = leaf("Absences that the place noted and about which the member was not heard; without weight.")
    disputed: int = leaf(
        "Records that the member disputes, or that a report of the member contradicts. An absence among them has no weight; an attendance counts meanwhile."
    )
    unacknowledged: int = leaf("Confirmed records that nobody acknowledged yet.")
    hours: float = leaf("学时 of the period.")
    hours_this_year: float = leaf("学时 from the beginning of that year on; 32 are due in a year.")
    is_exempt: bool = leaf("Whether an exemption (条例 Art 23) covers some of the period.")
    contact: ContactStatus | None = derived(
        resolve.of_summary,
        "The last evidence of contact as of now: organizational life attended, dues paid, or an answer in person.",
    )
