"""What the tests of calls share."""

from typing import Any

from hub.domain import inbox
from hub.domain.identity import check_digit
from hub.resolvers.node import TypeNumber
from tests.factories import a_liaison, a_member
from tests.schema.conftest import World, gid

OF_LIAISON = "... on Liaison { id state outflow { id version workUnit phoneMasked remark } inflow { id version state branch { code } } }"
OF_MEMBER = "... on Member { id name standing formalOrganization { code } }"
OF_TRANSFER = "... on Transfer { id version state turn letter { number state } receipt { dueOn } placedIn { code } steps { kind } }"


def number(serial: int) -> str:
    seventeen = f"33018219900307{serial:03}"
    return seventeen + check_digit(seventeen)


def organization(tree: dict[str, Any], code: str) -> str:
    return gid(TypeNumber.ORGANIZATION, tree[code])


async def registered(world: World, tree: dict[str, Any], serial: int = 1, **more: Any) -> dict[str, Any]:
    return await world.call(
        world.token(tree["YL0101"], "BRANCH"),
        "registerMember",
        OF_MEMBER,
        organizationId=organization(tree, "YL0101"),
        name="林晓",
        citizenId=number(serial),
        category="FULL",
        joinedOn="2015-06",
        **more,
    )


async def a_match(world: World, tree: dict[str, Any]) -> tuple[str, str]:
    async with world.hub.engine.begin() as connection:
        member = await a_member(connection, tree["YL0101"])
        departure, arrival = await a_liaison(connection, member, tree["YL0101"], tree["BJ01"], tree["BJ010101"])
        await inbox.refresh(connection, [departure, arrival])
    return gid(TypeNumber.MEMBER, member), gid(TypeNumber.LIAISON, departure)
