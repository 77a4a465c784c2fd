"""Whatever hosts, branches and members tell of organizational life, in whatever order, the invariants hold, and the
quarter counts each part once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from hub.domain import (
    acknowledgement,
    activity,
    activity_amendment,
    evidence,
    inquiry,
    participation,
    participation_steps,
    quarter,
    self_report,
    settlement,
    twin,
)
from hub.domain.activity import RecordActivity
from hub.domain.participation import RecordParticipation, Told
from hub.domain.self_report import ReportParticipation
from hub.models import Attendance, Side
from tests.domain.liaisons import OPERATOR, World, a_world
from tests.domain.lives import themselves
from tests.invariants import checks, life_checks
from tests.invariants.test_walk import ORDER, Walk

STEPS = 120
DAYS = ("2026-11-09", "2026-11-09", "2026-11-10", "2026-11")
KINDS = ("THEME_DAY", "PARTY_LECTURE")
HOSTS = ("BJ01", "BJ0101", "BJ01", "YL0101")
HERE = "(select name from arrival a where a.id = arrival_id)"
WHO = f"coalesce({HERE}, (select name from member m where m.id = member_id))"
ORDER |= {
    "activity": "recorded_at",
    "participation": f"recorded_at, {WHO}, id = twin_id",
    "inquiry": "asked_at",
}


class LifeWalk(Walk):
    """The walk of the liaisons, with what hosts, branches and members do beside."""

    async def hold(self) -> None:
        command = RecordActivity(
            organization_id=self.world[self.random.choice(HOSTS)],
            kind=self.random.choice(KINDS),
            held_on=self.random.choice(DAYS),
            hours=self.random.choice((None, Decimal(2))),
        )
        await self.call(activity.record, OPERATOR, commands=[command])

    def told(self) -> Told:
        attendance = self.random.choice([*Attendance, Attendance.PRESENT, Attendance.ABSENT_UNEXCUSED]).value
        return Told(attendance=attendance, mode=self.random.choice((None, "ONLINE")))

    async def call_the_roll(self) -> None:
        held, came = await self.any("activity"), await self.any("arrival")
        if held and came:
            command = RecordParticipation(activity_id=held["id"], told=self.told(), arrival_id=came["id"])
            who = next(code for code in HOSTS if self.world[code] == held["organization_id"])
            await self.call(participation.record, "BJ" if who.startswith("BJ") else "YL", commands=[command])

    async def record_their_own(self) -> None:
        held, member = await self.any("activity"), await self.any("member")
        if held and member:
            command = RecordParticipation(activity_id=held["id"], told=self.told(), member_id=member["id"])
            await self.call(participation.record, "YL", commands=[command])

    async def report(self) -> None:
        """Mostly of what some host of the place held, with or without its name."""
        member, held = await self.any("member"), await self.any("activity")
        if member is None or held is None:
            return
        of_it = self.random.random() < 0.8
        command = ReportParticipation(
            member_id=member["id"],
            kind=held["kind"] if of_it else "PARTY_LECTURE",
            held_on=held["held_on"] if of_it else self.random.choice(DAYS),
            told=self.told(),
            host_id=self.random.choice((None, held["organization_id"])),
        )
        await self.call(self_report.report, "YL", commands=[command])

    async def take_note(self) -> None:
        if row := await self.any("participation", "state = 'CONFIRMED'"):
            await self.call(acknowledgement.acknowledge, "YL", participations=[row["id"]])

    async def step_on(self) -> None:
        row = await self.any("participation")
        if row is None:
            return
        which = {"participation_id": row["id"], "version": row["version"]}
        given = {"attendance": self.random.choice(list(Attendance)).value}
        side = "BJ" if row["arrival_id"] else "YL"
        of = f"select member_id from match where state = 'CONFIRMED' and arrival_id = '{row['arrival_id'] or UUID(int=0)}'"
        latest = f"select ({of} order by ended_at desc nulls first limit 1)"
        member = row["member_id"] or await self.world.value(latest)
        steps: list[tuple[Any, Any, dict[str, Any]]] = [
            (participation_steps.correct, side, {"reason": "更正", "given": given}),
            (participation_steps.answer_dispute, side, {"answer": "属实", "given": self.random.choice((None, given))}),
            (participation_steps.confirm, "BJ", {}),
            (participation_steps.accept, "YL", {"evidence_kind": "PHOTO"}),
            (participation_steps.hear, "YL", {"heard_on": self.world.today, "statement": "忘了"}),
        ]
        if member is not None:
            steps += [(participation_steps.dispute, themselves(self.world, member), {"reason": "我在场"})] * 2
        write, who, said = self.random.choice(steps)
        await self.call(write, who, **which, **said)

    async def settle_an_attendance(self) -> None:
        if row := await self.any("discrepancy", "state <> 'SETTLED' and participation_id is not null"):
            said = {"take": self.random.choice(list(Side)), "value": None, "confirmed_on": None, "note": "核对签到表"}
            who = self.random.choice(("YL", "BJ"))
            await self.call(settlement.settle, who, discrepancy_id=row["id"], version=row["version"], **said)

    async def undo(self) -> None:
        if self.random.random() < 0.3:  # or nothing would be told twice for long
            await super().undo()

    async def amend_the_activity(self) -> None:
        if row := await self.any("activity"):
            given: dict[str, Any] = {"hours": self.random.choice((None, Decimal(1), Decimal(3)))}
            given["place"] = self.random.choice(("甲镇", None))
            if self.random.random() < 0.5:
                given |= {"held_on": self.random.choice(DAYS), "kind": self.random.choice(KINDS)}
            said = {"activity_id": row["id"], "version": row["version"], "given": given}
            await self.call(activity_amendment.amend, OPERATOR, **said)

    async def inquire(self) -> None:
        if row := await self.any("inquiry", "state = 'ASKED'"):
            await self.call(inquiry.answer, "BJ", inquiry_id=row["id"], version=row["version"], answer="见附")
        elif member := await self.any("member"):
            said = {"member_id": member["id"], "from_on": self.world.today.replace(month=6), "to_on": self.world.today}
            await self.call(inquiry.ask, "YL", **said)

    async def step(self) -> None:
        if self.random.random() < 0.15:
            await super().step()
            return
        steps = {
            self.hold: 3, self.call_the_roll: 8, self.record_their_own: 2, self.report: 6, self.take_note: 3,
            self.step_on: 8, self.amend_the_activity: 2, self.inquire: 1, self.settle_an_attendance: 3,
        }  # fmt: skip
        self.advance()
        await self.random.choices(list(steps), weights=list(steps.values()))[0]()


@dataclass
class Part:
    """One part of a member as an innocent reader counts it: the host's record with the report that is linked, or either."""

    seen: dict[str, Any] | None
    told: dict[str, Any] | None
    is_open: bool

    def __post_init__(self) -> None:
        self.first = self.seen or self.told or {}
        self.both = [one for one in (self.seen, self.told) if one is not None]

    @property
    def is_attended(self) -> bool:
        return any(one["attendance"] in ("PRESENT", "LATE") and one["state"] != "RECORDED" for one in self.both)

    @property
    def is_absent(self) -> bool:
        return not self.is_attended and self.first["attendance"] == "ABSENT_UNEXCUSED"

    @property
    def is_disputed(self) -> bool:
        return self.is_open or any(one["dispute_state"] == "DISPUTED" for one in self.both)

    @property
    def weighs(self) -> bool:
        heard = self.seen is None or self.seen["arrival_id"] is None or self.seen["heard_on"] is not None
        return self.is_absent and heard and not self.is_disputed and self.first["state"] != "RECORDED"


async def parts(world: World, member: UUID) -> list[Part]:
    rows = await world.rows(
        f"select * from participation where member_id = '{member}' or arrival_id in"
        f" (select arrival_id from match where state = 'CONFIRMED' and member_id = '{member}')"
    )
    open_ = {row["participation_id"] for row in await world.rows("select * from discrepancy where state <> 'SETTLED'")}
    told = {row["twin_id"]: row for row in rows if row["twin_id"] is not None}
    return [
        Part(row, told.get(row["id"]), row["id"] in open_) if row["source"] == "ROLL_CALL" else Part(None, row, False)
        for row in rows
        if row["twin_id"] is None
    ]


async def agree(world: World) -> None:
    """The summary, in SQL, says of each member what an innocent reader counts; the gate is shut while anything is open."""
    for member in [row["id"] for row in await world.rows("select id from member order by name")]:
        counted = await parts(world, member)
        async with world.database.connect() as connection:
            since, until = quarter.quarter(2026, 4)
            said = (await quarter.summaries(connection, members=[member], since=since, until=until))[member]
            gate = (await evidence.open_of(connection, [(member, since, until)])).get(member, [])
        assert said.attended == sum(part.is_attended for part in counted)
        assert said.unexcused == sum(part.weighs for part in counted)
        assert said.disputed == sum(part.is_disputed for part in counted)
        unheard = [
            part for part in counted
            if part.is_absent and not part.is_disputed and part.seen is not None and part.seen["arrival_id"] and part.seen["heard_on"] is None
        ]  # fmt: skip
        assert said.unheard == len(unheard)
        assert bool([one for one in gate if one.kind == "DISPUTE"]) == any(part.is_disputed for part in counted)
        waiting = [part for part in counted for one in part.both if one["state"] == "CONFIRMED"]
        assert bool(waiting) <= bool(gate)


@pytest.mark.parametrize("seed", range(8))
async def test_a_random_walk_of_organizational_life(database, seed: int) -> None:
    world = await a_world(database)
    walk = LifeWalk(world, seed)
    for n in range(1, 4):
        await world.pair(n, f"甲{n}")
    await world.member("YL0101", which=4, name="甲4")
    for number in range(STEPS):
        await walk.step()
        async with database.connect() as connection:
            found = await checks.broken(connection) | await life_checks.broken(connection)
        assert found == {}, walk.done[-5:]
        if number % 10 == 9:
            await agree(world)
    members = [row["id"] for row in await world.rows("select id from member")]
    since, until = quarter.quarter(2026, 4)
    async with database.begin() as connection:  # the nightly run finds nothing that was missed
        before = await world.value("select count(*) from outbox")
        assert await twin.link(connection, now=world.now, members=members, since=since, until=until) == 0
    assert await world.value("select count(*) from outbox") == before
    done = Counter(line.partition(":")[0] for line in walk.done if line.endswith(": Changed"))
    assert done["hub.domain.participation.record"]
