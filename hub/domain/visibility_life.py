"""Who sees which rows of organizational life: activities, participation, inquiries, cards, appraisal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, exists, null, or_
from sqlalchemy.orm import aliased

from hub.domain.access import (
    FOREVER,
    Access,
    Column,
    below_viewer,
    confirmed,
    holder_or_own,
    is_viewer,
    viewer_member,
    viewer_organization,
    word,
)
from hub.domain.viewer import Role
from hub.models import (
    Activity,
    ActivityCard,
    Affiliation,
    Appraisal,
    AppraisalOpinion,
    Arrival,
    Contact,
    Departure,
    Exemption,
    Inquiry,
    LostFinding,
    Match,
    OrganizationClosure,
    Participation,
)


def _activity_access(role: Role) -> ColumnElement[str]:
    """Own: the host's side. Others see one through a record of it that they see, or where it is open to arrivals of the
    place and one of theirs lives there (就近就便)."""
    of_arrival = (Participation.activity_id == Activity.id) & (Match.arrival_id == Participation.arrival_id)
    near = exists().where(
        Activity.is_open_to_arrivals,
        confirmed(),
        Match.ended_at.is_(None),
        Arrival.id == Match.arrival_id,
        or_(
            _stand_in_line(Activity.organization_id, Arrival.organization_id),
            _stand_in_line(Activity.organization_id, Arrival.branch_id),
        ),
        *_mine_or_below(role),
    )
    if role is Role.MEMBER:
        told = exists().where(Participation.activity_id == Activity.id, Participation.member_id == viewer_member)
        seen = exists().where(of_arrival, confirmed(), Match.member_id == viewer_member)
        return case((or_(told, seen, near), word(Access.COUNTERPART)))
    seen = exists().where(
        of_arrival, confirmed(), Departure.id == Match.departure_id, below_viewer(Departure.organization_id)
    )
    # What a superior holds is held for those below it.
    superior = exists().where(
        OrganizationClosure.ancestor == Activity.organization_id, OrganizationClosure.descendant == viewer_organization
    )
    return case(*holder_or_own(Activity.organization_id), (or_(superior, seen, near), word(Access.COUNTERPART)))


def _mine_or_below(role: Role) -> list[ColumnElement[bool]]:
    if role is Role.MEMBER:
        return [Match.member_id == viewer_member]
    return [Departure.id == Match.departure_id, below_viewer(Departure.organization_id)]


def _stand_in_line(one: Column, other: Column) -> ColumnElement[bool]:
    """Tell in SQL whether one organization stands above the other, or is it."""
    line = aliased(OrganizationClosure)
    return or_(
        exists().where(line.ancestor == one, line.descendant == other),
        exists().where(line.ancestor == other, line.descendant == one),
    )


def _formal(member: Column) -> ColumnElement[bool]:
    """Tell in SQL whether the viewer's side holds a membership, or held it last."""
    later = aliased(Affiliation)
    return exists().where(
        Affiliation.member_id == member,
        Affiliation.superseded_at == FOREVER,
        below_viewer(Affiliation.organization_id),
        ~exists().where(
            later.member_id == Affiliation.member_id,
            later.superseded_at == FOREVER,
            later.starts > Affiliation.starts,
        ),
    )


def _participation_access(role: Role) -> ColumnElement[str]:
    """Of an arrival's record: own = where the member lives and the host; counterpart = the home side, by a confirmed
    match. Of a member's own record: own = the home side; counterpart = the place, once it is linked with a record there
    or names its host."""
    joined = exists().where(Match.arrival_id == Participation.arrival_id, confirmed())
    if role is Role.MEMBER:
        mine = or_(Participation.member_id == viewer_member, joined.where(Match.member_id == viewer_member))
        return case((mine, word(Access.SELF)))
    place = (Arrival.id == Participation.arrival_id) & Participation.arrival_id.is_not(None)
    holder = exists().where(place, or_(is_viewer(Arrival.organization_id), is_viewer(Arrival.branch_id)))
    own = exists().where(place, or_(below_viewer(Arrival.organization_id), below_viewer(Arrival.branch_id)))
    host = Participation.arrival_id.is_not(None) & below_viewer(Participation.host_id)
    home = joined.where(
        or_(
            exists().where(Departure.id == Match.departure_id, below_viewer(Departure.organization_id)),
            _formal(Match.member_id),
        )
    )
    other = aliased(Participation)
    linked = exists().where(
        other.id == Participation.twin_id,
        Arrival.id == other.arrival_id,
        or_(below_viewer(Arrival.organization_id), below_viewer(Arrival.branch_id), below_viewer(other.host_id)),
    )
    named = below_viewer(Participation.host_id) & exists().where(
        Match.member_id == Participation.member_id,
        confirmed(),
        Arrival.id == Match.arrival_id,
        or_(below_viewer(Arrival.organization_id), below_viewer(Arrival.branch_id)),
    )
    told = Participation.member_id.is_not(None)
    return case(
        (holder, word(Access.HOLDER)),
        (own | host, word(Access.OWN)),
        (home, word(Access.COUNTERPART)),
        (told & is_viewer(Participation.organization_id), word(Access.HOLDER)),
        (told & _formal(Participation.member_id), word(Access.OWN)),
        (told & or_(linked, named), word(Access.COUNTERPART)),
    )


def _of_member(model: Any) -> Callable[[Role], ColumnElement[str]]:
    """Return the access to what the home side alone keeps of a member; the member sees it too."""

    def access_(role: Role) -> ColumnElement[str]:
        if role is Role.MEMBER:
            return case((model.member_id == viewer_member, word(Access.SELF)))
        if role is Role.PARTNER:
            # That there is such a row tells of health or standing.
            return cast(null(), String)
        return case(
            (is_viewer(model.organization_id) & _formal(model.member_id), word(Access.HOLDER)),
            (_formal(model.member_id), word(Access.OWN)),
        )

    return access_


def _inquiry_access(role: Role) -> ColumnElement[str]:
    if role is Role.MEMBER:
        return case((Inquiry.member_id == viewer_member, word(Access.SELF)))
    return case(
        *holder_or_own(Inquiry.outflow_organization_id),
        (_formal(Inquiry.member_id), word(Access.OWN)),
        (below_viewer(Inquiry.inflow_organization_id), word(Access.COUNTERPART)),
    )


def _card_access(role: Role) -> ColumnElement[str]:
    """Own: the home side. Counterpart: where it was presented, while the match holds."""
    if role is Role.MEMBER:
        return case((ActivityCard.member_id == viewer_member, word(Access.SELF)))
    presented = exists().where(
        Match.arrival_id == ActivityCard.arrival_id,
        Match.member_id == ActivityCard.member_id,
        confirmed(),
        Arrival.id == Match.arrival_id,
        or_(below_viewer(Arrival.organization_id), below_viewer(Arrival.branch_id)),
    )
    return case(
        *holder_or_own(ActivityCard.organization_id),
        (_formal(ActivityCard.member_id), word(Access.OWN)),
        (presented, word(Access.COUNTERPART)),
    )


def _opinion_access(role: Role) -> ColumnElement[str]:
    if role is Role.PARTNER:
        return cast(null(), String)
    joined = exists().where(Match.arrival_id == AppraisalOpinion.arrival_id, confirmed())
    if role is Role.MEMBER:
        mine = or_(AppraisalOpinion.member_id == viewer_member, joined.where(Match.member_id == viewer_member))
        return case((mine, word(Access.SELF)))
    home = or_(joined.where(_formal(Match.member_id)), _formal(AppraisalOpinion.member_id))
    return case(*holder_or_own(AppraisalOpinion.organization_id), (home, word(Access.COUNTERPART)))


LIFE: dict[str, Callable[[Role], ColumnElement[str]]] = {
    "activity": _activity_access,
    "participation": _participation_access,
    "exemption": _of_member(Exemption),
    "contact": _of_member(Contact),
    "lost_finding": _of_member(LostFinding),
    "appraisal": _of_member(Appraisal),
    "inquiry": _inquiry_access,
    "activity_card": _card_access,
    "appraisal_opinion": _opinion_access,
}
