"""Who is asking, in GraphQL words."""

from datetime import datetime

import strawberry

from hub.domain import directory
from hub.domain.viewer import Role
from hub.models import Member as MemberRow
from hub.resolvers.relation import one
from hub.schema.member import Member
from hub.schema.organization import Organization
from hub.schema.words import leaf, relation


@strawberry.type(description="Who is asking, as the token says.")
class Viewer:
    """Who is asking."""

    organization: Organization | None = relation(
        directory.organizations, "organization_id", "The organization that the token names."
    )
    member: Member | None = relation(one(MemberRow), "member_id", "The member, for a member's own token.")
    roles: list[Role] = leaf("What the token may do.")
    actor: str = leaf("The person who uses it, for the record.")
    expires_at: datetime = leaf("When the token ends.")
