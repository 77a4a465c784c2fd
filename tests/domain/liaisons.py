"""Two sides as tests drive them: who registers, amends, matches and ends, and what must stay as it was when refused."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.crypto import Vault
from hub.domain import arrival, candidate, departure, inbox, member, task
from hub.domain.dates import today
from hub.domain.identity import check_digit
from hub.domain.outcome import Changed
from hub.domain.viewer import Role, Viewer, operator
from hub.errors import Refused
from tests.factories import NOW, a_tree, a_viewer, everything

TODAY = today(NOW)
NAMES = {
    "YL": "中共云岭县委员会组织部",
    "YL01": "中共云岭县柳河镇委员会",
    "YL0101": "中共云岭县柳河镇白杨村支部委员会",
    "BJ": "中共滨江区委员会组织部",
    "BJ01": "中共滨江区新港街道工作委员会",
    "BJ0101": "中共滨江区新港街道新港社区委员会",
    "BJ010101": "中共滨江区新港街道新港社区第一支部委员会",
    "BJ02": "中共滨江区望江街道工作委员会",
}


def number(which: int = 1, born: str = "19800315") -> str:
    """A valid identity number that belongs to nobody: there is no place 998877."""
    body = f"998877{born}{which:03}"
    return body + check_digit(body)


def short_number(which: int = 1, born: str = "800315") -> str:
    """The same person's number in its old form of 15 digits."""
    return f"998877{born}{which:03}"


def phone(which: int = 1) -> str:
    return f"1749{which:07}"


def a_vault() -> Vault:
    master = bytes(range(32))
    return Vault.open(master, {2026: Vault.wrap_new_key(master, 2026)}, 2026)


@dataclass
class World:
    """A county (YL) and a district (BJ) on one hub; what it does takes place at `now`."""

    database: AsyncEngine
    ids: dict[str, UUID]
    vault: Vault
    now: datetime = NOW

    def __getitem__(self, code: str) -> UUID:
        return self.ids[code]

    def viewer(self, who: str | Viewer, role: Role = Role.COMMITTEE, member_id: UUID | None = None) -> Viewer:
        return who if isinstance(who, Viewer) else a_viewer(self.ids[who], role, member_id)

    async def do(self, write: Callable[..., Any], who: str | Viewer, **said: Any) -> Any:
        """Call a domain write as somebody, in a transaction of its own."""
        takes = inspect.signature(write).parameters
        said |= {"vault": self.vault} if "vault" in takes else {}
        said |= {"now": self.now} if "now" in takes else {}
        async with self.database.begin() as connection:
            return await write(connection, viewer=self.viewer(who), **said)

    async def one(self, write: Callable[..., Any], who: str | Viewer, command: Any) -> Changed:
        """The outcome of a list of one command that is not refused."""
        outcome = (await self.do(write, who, commands=[command]))[0]
        assert isinstance(outcome, Changed), repr(outcome)
        return outcome

    async def refused(
        self, refusal: type[Refused], write: Callable[..., Any], who: str | Viewer, **said: Any
    ) -> Refused:
        """Call what is refused, and see that nothing happened: no row, no event, no version moved."""
        before = await self.everything()
        try:
            answer = await self.do(write, who, **said)
        except Refused as raised:
            answer = raised
        outcome = answer[0] if isinstance(answer, list) else answer
        assert type(outcome) is refusal, repr(outcome)
        assert await self.everything() == before
        return outcome

    async def unchanged(self, write: Callable[..., Any], who: str | Viewer, **said: Any) -> None:
        """Call what says nothing new, and see that nothing is written."""
        before = await self.everything()
        outcome = await self.do(write, who, **said)
        outcome = outcome[0] if isinstance(outcome, list) else outcome
        assert isinstance(outcome, Changed), repr(outcome)
        assert not outcome.changed
        assert await self.everything() == before

    # People and their statements

    async def member(self, who: str = "YL0101", which: int | None = 1, name: str = "林晓", **given: Any) -> UUID:
        said = {"name": name, "category": "FULL", "joined_on": "2010-06", **given}
        command = member.RegisterMember(
            organization_id=self.ids[who], citizen_id=number(which) if which else None, given=said
        )
        return (await self.one(member.register, who, command)).id

    async def leave(self, member_id: UUID, who: str = "YL0101", **given: Any) -> UUID:
        """Register a departure."""
        command = departure.RegisterDeparture(member_id=member_id, given={"departed_on": "2026-03", **given})
        return (await self.one(departure.register, who, command)).id

    async def arrive(
        self, who: str = "BJ01", which: int | None = 1, name: str = "林晓", branch: str | None = None, **given: Any
    ) -> UUID:
        """Register an arrival."""
        more = {key: given.pop(key) for key in ("birth_date", "category") if key in given}
        command = arrival.RegisterArrival(
            organization_id=self.ids[who],
            name=name,
            branch_id=self.ids[branch] if branch else None,
            citizen_id=number(which) if which else None,
            given={"arrived_on": "2026-04", **given},
            **more,
        )
        return (await self.one(arrival.register, who, command)).id

    async def say_outflow(self, departure_id: UUID, who: str = "YL0101", **given: Any) -> Changed:
        """Amend the outflow statement."""
        return await self.one(departure.amend, who, departure.AmendDeparture(departure_id=departure_id, given=given))

    async def say_inflow(self, arrival_id: UUID, who: str = "BJ01", branch: str | None = None, **given: Any) -> Changed:
        """Amend the inflow statement."""
        placed = {"branch_id": self.ids[branch]} if branch else {}
        return await self.one(arrival.amend, who, arrival.AmendArrival(arrival_id=arrival_id, given=given, **placed))

    async def pair(self, which: int = 1, name: str = "林晓", **outflow: Any) -> tuple[UUID, UUID, UUID]:
        """A member, a departure that names BJ01, and an arrival there: matched at once."""
        person = await self.member(which=which, name=name)
        left = await self.leave(person, inflow_organization_id=self.ids["BJ01"], **outflow)
        came = await self.arrive(which=which, name=name)
        assert await self.matched(left) == came
        return person, left, came

    async def ask(self) -> int:
        """Run the job that asks about possible matches."""
        async with self.database.begin() as connection:
            return await candidate.ask_candidates(connection, now=self.now)

    async def question(self, arrival_id: UUID) -> dict[str, Any]:
        """The open question about an arrival."""
        return (await self.rows("select * from match where arrival_id = :id and state = 'ASKED'", id=arrival_id))[0]

    async def answer(self, write: Callable[..., Any], arrival_id: UUID, who: str = "YL0101", **said: Any) -> Changed:
        """Confirm or deny the open question about an arrival."""
        asked = await self.question(arrival_id)
        return await self.do(write, who, candidate_id=asked["id"], version=asked["version"], **said)

    # What is there

    async def everything(self, but: Iterable[str] = ()) -> dict[str, str]:
        async with self.database.connect() as connection:
            return await everything(connection, but)

    async def rows(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        async with self.database.connect() as connection:
            return [dict(row) for row in (await connection.execute(text(statement), values)).mappings()]

    async def value(self, statement: str, **values: Any) -> Any:
        return next(iter((await self.rows(statement, **values))[0].values()))

    async def row(self, table: str, identifier: UUID) -> dict[str, Any]:
        return (await self.rows(f"select * from {table} where id = :id", id=identifier))[0]

    async def version(self, table: str, identifier: UUID) -> int:
        return (await self.row(table, identifier))["version"]

    async def matched(self, departure_id: UUID) -> UUID | None:
        """The arrival of a departure's confirmed match."""
        found = await self.rows(
            "select arrival_id from match where departure_id = :id and state = 'CONFIRMED'", id=departure_id
        )
        return found[0]["arrival_id"] if found else None

    async def events(self, identifier: UUID | None = None, heard_by: str | None = None) -> list[str]:
        """Kinds of the events of one record, or of those that reach an organization's own stream, oldest first."""
        clauses, values = ["true"], {}
        if identifier is not None:
            clauses, values = [*clauses, "aggregate_id = :id"], {"id": identifier}
        if heard_by is not None:
            clauses.append(
                "exists (select from organization_closure c where c.ancestor = :org and c.descendant = any(audience))"
            )
            values["org"] = self.ids[heard_by]
        found = await self.rows(f"select kind from outbox where {' and '.join(clauses)} order by id", **values)
        return [row["kind"] for row in found]

    async def tasks(self, who: str, whose: str = "MINE", **more: Any) -> list[task.Task]:
        async with self.database.connect() as connection:
            return await task.page(
                connection,
                self.viewer(who),
                now=self.now,
                organization=self.ids[who],
                whose=whose,
                first=more.pop("first", 1000),
                **more,
            )

    async def kinds_of_tasks(self, who: str, whose: str = "MINE") -> list[str]:
        return sorted(found.kind.value for found in await self.tasks(who, whose))

    async def inbox(self, who: str) -> list[tuple[UUID, str, str]]:
        found = await self.rows(
            "select id, side, state from inbox where organization_id = :id order by created_at, id", id=self.ids[who]
        )
        return [(row["id"], row["side"], row["state"]) for row in found]

    async def inbox_differences(self) -> int:
        async with self.database.connect() as connection:
            return await inbox.differences(connection)

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @property
    def today(self) -> date:
        return today(self.now)


async def a_world(database: AsyncEngine) -> World:
    async with database.begin() as connection:
        ids = await a_tree(connection)
        for code, name in NAMES.items():
            await connection.execute(
                text("update organization set name = :name where id = :id"), {"name": name, "id": ids[code]}
            )
    return World(database, ids, a_vault())


OPERATOR = operator("hub import")


def nobody() -> UUID:
    """The id of no record."""
    return uuid4()


async def blocked(world: World) -> None:
    """Return once some session waits for a lock."""
    while not await world.value(  # noqa: ASYNC110 it is a session of PostgreSQL that waits
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    ):
        await asyncio.sleep(0)
