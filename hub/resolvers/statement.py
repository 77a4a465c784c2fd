"""Statements: what each side writes about its half of a liaison. The answer is the liaison."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hub.domain import arrival, departure, ending, leaving, liaison, limit
from hub.domain.locate import Located, locate
from hub.errors import InvalidInput, NotFound
from hub.models import Side
from hub.resolvers.action import Action, Call
from hub.resolvers.context import Context


async def _register_departure(call: Call) -> Any:
    command = departure.RegisterDeparture(member_id=call.said["member_id"], given=call.said["statement"])
    return (await departure.register(call.connection, **call.by_vault, commands=[command]))[0]


async def _register_arrival(call: Call) -> Any:
    said = call.said
    await limit.require_below(call.connection, **call.by, most=call.context.hub.settings.arrivals_per_day)
    command = arrival.RegisterArrival(
        organization_id=said["organization_id"],
        name=said["name"],
        branch_id=said.get("branch_id"),
        citizen_id=said.get("citizen_id"),
        birth_date=said.get("birth_date"),
        category=said.get("category"),
        given=said["statement"],
    )
    return (await arrival.register(call.connection, **call.by_vault, commands=[command]))[0]


async def _amend(call: Call) -> Any:
    said = call.said
    located = (await locate(call.connection, call.context.viewer, [said["liaison_id"]]))[said["liaison_id"]]
    side = _side(call, located)
    common = {"version": said["version"], "unchanged": bool(said.get("unchanged"))}
    if side is Side.OUTFLOW:
        amended = departure.AmendDeparture(
            departure_id=located.statement(side), given=said.get("outflow") or {}, **common
        )
        return (await departure.amend(call.connection, **call.by_vault, commands=[amended]))[0]
    command = arrival.AmendArrival(
        arrival_id=located.statement(side),
        given=said.get("inflow") or {},
        verifying=said.get("verifying"),
        **common,
    )
    return (await arrival.amend(call.connection, **call.by_vault, commands=[command]))[0]


def _side(call: Call, located: Located) -> Side:
    """Return whose statement an amendment is about: as it says, else the caller's own."""
    said = call.said
    if not located.sides:
        raise NotFound("liaisonId")
    if said.get("outflow") is not None:
        if said.get("inflow") is not None or said.get("verifying") is not None:
            raise InvalidInput("inflow")
        return Side.OUTFLOW
    if said.get("inflow") is not None or said.get("verifying") is not None:
        return Side.INFLOW
    if not said.get("unchanged"):
        raise InvalidInput("unchanged")
    # Whoever stands above both sides has to say which one is confirmed, unless there is only one statement.
    theirs = [side for side in located.sides if _has(located, side)]
    if len(theirs) != 1:
        raise InvalidInput("unchanged")
    return theirs[0]


def _has(located: Located, side: Side) -> bool:
    return (located.departure_id if side is Side.OUTFLOW else located.arrival_id) is not None


async def _place(call: Call) -> Any:
    return (await arrival.place(call.connection, **call.by_vault, commands=[arrival.PlaceMember(**call.said)]))[0]


async def _return(call: Call) -> Any:
    return await leaving.return_(call.connection, **call.by, **{"note": None, **call.said})


async def _leave(call: Call) -> Any:
    return await leaving.record_leaving(call.connection, **call.by, **{"destination": None, **call.said})


async def _visit(call: Call) -> Any:
    return await ending.record_visit(
        call.connection, **call.by, **{"left_on": None, "met_on": None, "note": None, **call.said}
    )


async def _end(call: Call) -> Any:
    said = call.said
    return await ending.end(
        call.connection,
        **call.by_vault,
        liaison_id=said["liaison_id"],
        version=said["version"],
        reason=said["reason"],
        ended_on=said["ended_on"],
        letter_number=said.get("letter_number"),
        note=said.get("note"),
        next_statement=said.get("next"),
    )


async def _read(context: Context, statement: UUID) -> Any:
    return await context.load(liaison.of_statements, statement)


register_departure = Action("registerDeparture", _register_departure, _read, asks=True)
register_arrival = Action("registerArrival", _register_arrival, _read, asks=True)
amend = Action("amendStatement", _amend, _read, asks=True)
place = Action("placeMember", _place, _read)
return_arrival = Action("returnArrival", _return, _read)
record_leaving = Action("recordLeaving", _leave, _read)
record_visit = Action("recordReturnVisit", _visit, _read)
end = Action("endLiaison", _end, _read)
