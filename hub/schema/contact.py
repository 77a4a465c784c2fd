"""Contact with a member (联系), and the evidence that is open, in GraphQL words. The home side and the member only."""

from datetime import date

import strawberry

from hub.domain import contact, evidence
from hub.resolvers import contact as resolve
from hub.schema.node import Node
from hub.schema.words import derived, enum, leaf

enum(
    contact.ContactState,
    "How old the last sign of a member is. People decide; the hub only counts.",
    IN_CONTACT="保持联系.",
    STALE="The last sign is older than the rule for concern.",
    NO_DATA="The sign is old, but the inflow side is on no hub: its silence says nothing.",
    WITHHELD="Six months are over, and evidence is open that may say otherwise.",
    TO_BE_SEARCHED_FOR="待查找: six calendar months without a sign.",
    LOST="失联: found by people, after the search log was complete.",
)
enum(
    contact.EvidenceOf,
    "What the last sign of a member is.",
    ATTENDED="Organizational life that counts.",
    DUES_PAID="党费, paid by the member.",
    CONTACT="The member answered in person.",
)
enum(
    evidence.OpenKind,
    "What can be open about a member, and then blocks what is adverse.",
    QUESTION="A question about a match that is not answered.",
    UNACKNOWLEDGED="A confirmed record that nobody acknowledged.",
    DISPUTE="A record that is disputed.",
    INQUIRY="An inquiry (协查函) that is not answered.",
)


@strawberry.type(description="One thing that is open about a member: nothing adverse about that time can be recorded.")
class OpenEvidence:
    """One thing that is open."""

    kind: evidence.OpenKind = leaf("What it is.")
    object: Node | None = derived(resolve.subject, "The record that waits, where it is visible.")
    day: date | None = leaf("The day of the record, of the question, or by which the inquiry is due.")


@strawberry.type(description="How a member stands by the evidence and the dated rules.")
class ContactStatus:
    """How a member stands."""

    state: contact.ContactState = leaf("How old the last sign is.")
    since: date = leaf("The day that the clock runs from.")
    evidence: contact.EvidenceOf | None = leaf("What that sign is; null: there is none, it runs from the departure.")
    search_on: date = leaf("The day from which the member is to be searched for.")
    open: list[OpenEvidence] = leaf("What withholds a conclusion.")
