"""Whatever two sides do, in whatever order, the invariants hold after every step."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from hub.domain import arrival, candidate, correction, departure, discrepancy, ending, leaving, organization, settlement
from hub.domain.arrival import AmendArrival, RegisterArrival
from hub.domain.departure import AmendDeparture, RegisterDeparture
from hub.domain.organization import RegisterOrganization
from hub.errors import Refused
from hub.models import DenialCode, EndReason, ReasonCode, Side
from tests.domain.liaisons import OPERATOR, World, a_world, number, phone
from tests.invariants.checks import broken

STEPS = 60
PEOPLE = 6
OUTFLOW, INFLOW = ("YL0101", "YL0102", "YL0201"), ("BJ01", "BJ0101", "BJ02", "BJ")
BRANCHES = ("BJ010101", "BJ010102", "BJ010201", "BJ0201")
PLACES = ("滨江区", "滨江区新港街道", "滨江区望江街道", "外省", None)

_MEMBER = "(select name from member m where m.id = member_id)"
ORDER = {
    "member": "name",
    "departure": f"recorded_at, {_MEMBER}",
    "arrival": "recorded_at",
    "match": f"created_at, {_MEMBER}, (select recorded_at from arrival a where a.id = arrival_id)",
    "discrepancy": "opened_at, field, (select created_at from match m where m.id = match_id)",
}


class Walk:
    """Two sides that act at random, by a seed; calls that are refused are part of it."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.done: list[str] = []

    async def call(self, write: Any, who: Any, **said: Any) -> Any:
        try:
            answer = await self.world.do(write, who, **said)
        except Refused as refusal:
            answer = refusal
        answer = answer[0] if isinstance(answer, list) else answer
        self.done.append(f"{write.__module__}.{write.__name__}: {type(answer).__name__}")
        return answer

    async def any(self, table: str, where: str = "true") -> dict[str, Any] | None:
        """Some row, the same for a seed: ids are random, so that names and times put rows in order."""
        rows = await self.world.rows(f"select * from {table} where {where} order by {ORDER[table]}")
        return self.random.choice(rows) if rows else None

    async def register_departure(self) -> None:
        if member := await self.any("member"):
            named = self.random.choice([None, *(self.world[code] for code in (*INFLOW, *BRANCHES))])
            given = {
                "inflow_organization_id": named,
                "destination": self.random.choice(PLACES),
                "phone": phone(self.random.randrange(3)),
            }
            await self.call(departure.register, "YL", commands=[RegisterDeparture(member_id=member["id"], given=given)])

    async def register_arrival(self) -> None:
        n = self.random.randrange(1, PEOPLE + 2)
        who = self.random.choice(INFLOW)
        branch = self.random.choice([None, *BRANCHES])
        command = RegisterArrival(
            organization_id=self.world[who],
            name=f"甲{n}",
            citizen_id=number(n) if self.random.random() < 0.8 else None,
            birth_date=None if self.random.random() < 0.5 else self.world.today.replace(1980, 3, 15),
            branch_id=self.world[branch] if branch else None,
            given={"work_unit": self.random.choice("子丑寅"), "phone": phone(self.random.randrange(3))},
        )
        await self.call(arrival.register, who, commands=[command])

    async def amend(self) -> None:
        given = {"work_unit": self.random.choice("子丑寅"), "phone": phone(self.random.randrange(3))}
        if self.random.random() < 0.5 and (row := await self.any("departure")):
            if self.random.random() < 0.5:
                given |= {"inflow_organization_id": None, "destination": self.random.choice(PLACES)}
            await self.call(departure.amend, "YL", commands=[AmendDeparture(departure_id=row["id"], given=given)])
        elif row := await self.any("arrival"):
            placed = {"branch_id": self.world[self.random.choice(BRANCHES)]} if self.random.random() < 0.4 else {}
            await self.call(
                arrival.amend, OPERATOR, commands=[AmendArrival(arrival_id=row["id"], given=given, **placed)]
            )

    async def ask(self) -> None:
        self.done.append(f"asked {await self.world.ask()}")

    async def answer(self) -> None:
        if row := await self.any("match", "state = 'ASKED'"):
            said = {"candidate_id": row["id"], "version": row["version"]}
            if self.random.random() < 0.5:
                await self.call(candidate.confirm, OPERATOR, **said)
            else:
                await self.call(candidate.deny, OPERATOR, **said, code=DenialCode.NOT_OUR_MEMBER, note=None)

    async def object_to(self) -> None:
        if row := await self.any("arrival"):
            said = {"liaison_id": row["id"], "version": row["version"], "reason": "请再核"}
            await self.call(candidate.object_to_denial, OPERATOR, **said)

    async def undo(self) -> None:
        if row := await self.any("match", "state = 'CONFIRMED'"):
            version = await self.world.version("departure", row["departure_id"])
            await self.call(candidate.undo, "YL", liaison_id=row["departure_id"], version=version, reason="不是同一人")

    async def end(self) -> None:
        if row := await self.any("departure"):
            moved = self.random.random() < 0.4
            said = {"letter_number": None, "note": None, "ended_on": self.world.today}
            said |= {"reason": EndReason.MOVED_ON if moved else EndReason.RETURNED}
            said |= {"next_statement": {"destination": self.random.choice(PLACES)} if moved else None}
            await self.call(ending.end, "YL", liaison_id=row["id"], version=row["version"], **said)

    async def leave(self) -> None:
        if row := await self.any("arrival"):
            said = {"liaison_id": row["id"], "version": row["version"]}
            if self.random.random() < 0.5:
                await self.call(leaving.record_leaving, OPERATOR, **said, left_on="2026-11", destination=None)
            else:
                await self.call(leaving.return_, OPERATOR, **said, reason=ReasonCode.NOT_LIVING_HERE, note=None)

    async def correct(self) -> None:
        n = self.random.randrange(1, PEOPLE + 1)
        said = {"name": None, "birth_date": None, "reason": "更正", "member_id": None, "arrival_id": None}
        table = self.random.choice(("member", "arrival"))
        if row := await self.any(table):
            said |= {f"{table}_id": row["id"], "citizen_id": number(n)}
            await self.call(correction.correct_identity, OPERATOR, **said)

    async def settle(self) -> None:
        if row := await self.any("discrepancy", "state <> 'SETTLED'"):
            who = self.random.choice(("YL", "BJ"))
            said = {
                "version": row["version"],
                "take": self.random.choice(list(Side)),
                "value": None,
                "confirmed_on": None,
            }
            await self.call(settlement.settle, who, discrepancy_id=row["id"], note=None, **said)

    async def move_the_tree(self) -> None:
        code, parent = self.random.choice([("YL0101", "YL01"), ("YL0101", "YL02"), ("YL01", "YL02"), ("YL01", "YL"), ("BJ0101", "BJ02"),
                                           ("BJ0101", "BJ01"), ("BJ02", "BJ01"), ("BJ02", "BJ")])  # fmt: skip
        row = await self.world.row("organization", self.world[code])
        command = RegisterOrganization(
            id=row["id"], system="local", code=code, name=row["name"], parent_id=self.world[parent]
        )
        await self.call(organization.register, OPERATOR, commands=[command])

    def advance(self) -> None:
        self.world.now += timedelta(minutes=1)

    async def step(self) -> None:
        steps = {
            self.register_departure: 6, self.register_arrival: 6, self.amend: 6, self.ask: 3, self.answer: 5, self.object_to: 2,
            self.undo: 3, self.end: 3, self.leave: 2, self.correct: 2, self.settle: 3, self.move_the_tree: 2,
        }  # fmt: skip
        self.advance()
        await self.random.choices(list(steps), weights=list(steps.values()))[0]()


@pytest.mark.parametrize("seed", range(6))
async def test_a_random_walk(database, seed: int) -> None:
    world = await a_world(database)
    walk = Walk(world, seed)
    for n in range(1, PEOPLE + 1):
        await world.member(OUTFLOW[n % len(OUTFLOW)], which=n, name=f"甲{n}")
    await world.pair(PEOPLE + 1, f"甲{PEOPLE + 1}")
    for _ in range(STEPS):
        await walk.step()
        async with database.connect() as connection:
            assert await broken(connection) == {}, walk.done[-5:]
    # What changes statements also compares them: the nightly job finds nothing that was missed.
    async with database.begin() as connection:
        compared = await discrepancy.compare(connection, vault=world.vault, now=world.now)
    assert compared == discrepancy.Compared(0, 0)
    assert any("Changed" in done for done in walk.done)
