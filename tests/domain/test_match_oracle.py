"""Matching is no oracle (domain 0.11): a registrar obtains the same, byte by byte, whether or not a member exists elsewhere.

Two worlds differ only in whether such a member exists in the county, and is asked about. The registrar's side does the
same in both; everything that it can obtain at this level is compared: what its calls answer, the rows that it sees of
every table, its lists, its tasks and what it waits for, the plan and the report of an import, the events of its stream.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import xlsxwriter
from sqlalchemy import text

from hub.domain import (
    arrival,
    candidate,
    correction,
    departure,
    ending,
    leaving,
    liaison,
    member,
    page,
    question,
    reveal,
    search,
    settlement,
    visibility,
)
from hub.domain.page import Window
from hub.domain.viewer import Role
from hub.errors import Refused
from hub.models import (
    Arrival,
    DenialCode,
    Departure,
    Discrepancy,
    EndReason,
    ImportRun,
    LedgerKind,
    Match,
    Member,
    Question,
    ReasonCode,
    Side,
    Transfer,
    Visit,
)
from hub.sync import reconcile
from hub.sync.ledger import run
from tests.conftest import another_database
from tests.domain.liaisons import TODAY, World, a_world, number
from tests.factories import a_viewer

MODELS = (Member, Departure, Arrival, Match, Transfer, Discrepancy, Visit, Question, ImportRun)
BY = {
    Departure: ("id", "member_id"),
    Match: ("id", "arrival_id", "member_id", "departure_id"),
    Discrepancy: ("id", "match_id"),
    Visit: ("id", "departure_id"),
    Question: ("id", "arrival_id", "departure_id"),
}
REGISTRARS = ("BJ", "BJ01", "BJ010101")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def _readable(row: Any) -> dict[str, Any]:
    """A sealed value has other bytes each time it is sealed: only that it is given can tell something."""
    return {name: "sealed" if isinstance(value, bytes) else value for name, value in row._mapping.items()}


class Trace:
    """What a registrar obtained, in order, with random ids replaced by the order in which they first came."""

    def __init__(self, world: World) -> None:
        self.lines: list[str] = []
        self._names = {str(identifier): code for code, identifier in world.ids.items()}

    def note(self, what: str, *found: object) -> None:
        # Rows come in no order; what is not an id puts them in one.
        listed = sorted(map(str, found), key=lambda line: (_UUID.sub("", line), _UUID.sub(self._known, line)))
        self.lines += [f"{what}: {_UUID.sub(self._name, line)}" for line in listed] or [f"{what}: nothing"]

    def _known(self, found: re.Match[str]) -> str:
        return self._names.get(found[0], "")

    def _name(self, found: re.Match[str]) -> str:
        return self._names.setdefault(found[0], f"id{len(self._names)}")


class Registrar:
    """The inflow side at work: each step is noted with its answer, and everything visible after it."""

    def __init__(self, world: World) -> None:
        self.world, self.trace = world, Trace(world)

    async def call(self, what: str, write: Callable[..., Any], who: str = "BJ01", **said: Any) -> Any:
        try:
            answer = await self.world.do(write, who, **said)
        except Refused as refusal:
            answer = refusal
        self.world.now += timedelta(seconds=1)  # so that nothing stands in the order of random ids
        for one in answer if isinstance(answer, list) else [answer]:
            told = (type(one).__name__, one.field, one.version, one.state) if isinstance(one, Refused) else one
            self.trace.note(what, told)
        return answer[0] if isinstance(answer, list) else answer

    async def look(self, when: str) -> None:
        """Note everything that the registrar's side can see now."""
        world, note = self.world, self.trace.note
        async with world.database.connect() as connection:
            for who, role in itertools.product(REGISTRARS, (Role.COMMITTEE, Role.PARTNER)):
                viewer = a_viewer(world[who], role)
                for model in MODELS:
                    for by in BY.get(model, ("id",)):
                        ids = (await connection.execute(text(f"select {by} from {model.__tablename__}"))).scalars()
                        rows = await visibility.rows(connection, viewer, model, [i for i in ids if i], by=by)
                        note(f"{when} {who} {role} {model.__name__} by {by}", *(_readable(row) for row in rows))
                statements = (
                    await connection.execute(text("select id from arrival union select id from departure"))
                ).scalars()
                seen = await liaison.of_statements(connection, viewer, statements)
                note(
                    f"{when} {who} {role} liaisons",
                    *((each.state, each.id, each.matched_on, each.member_id) for each in seen.values()),
                )
                for list_, said in (
                    (page.statements, {"side": Side.INFLOW}),
                    (page.statements, {"side": Side.OUTFLOW}),
                    (page.candidates, {}),
                    (page.discrepancies, {}),
                    (page.transfers, {}),
                ):
                    found = await list_(connection, viewer, window=Window(100), organization=None, **said)
                    note(f"{when} {who} {role} page", [(at.at, at.id) for at in found.positions], found.has_next)
        for who in REGISTRARS:
            note(f"{when} {who} inbox", *await world.rows(
                "select id, side, state, created_at from inbox where organization_id = :id", id=world[who]
            ))  # fmt: skip
            for whose in ("MINE", "THEIRS"):
                note(f"{when} {who} {whose}", *await world.tasks(who, whose))
            heard = await world.rows(
                "select topic, kind, aggregate, aggregate_id, aggregate_version, replaces, organization_id, departure_id,"
                " arrival_id, transfer_id, occurred_at, recorded_at from outbox where exists (select from"
                " organization_closure c where c.ancestor = :id and c.descendant = any(audience)) order by id",
                id=world[who],
            )
            note(f"{when} {who} stream", heard)


def ledger(*rows: tuple[str, ...]) -> bytes:
    """An inflow ledger of one branch."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = workbook.add_worksheet("流入")
    heads = ("姓名", "身份证号码", "出生日期", "流入时间", "编入党支部", "工作单位")
    for at, row in enumerate((heads, *rows)):
        sheet.write_row(at, 0, row)
    workbook.close()
    return buffer.getvalue()


Work = Callable[[World, UUID], Any]


async def scenario(world: World, elsewhere: Callable[[World], Any], answer: Work, basis: str) -> list[str]:
    """Let the registrar's side do all that it can about one person; return what it obtained.

    `elsewhere` makes what is in the county before; `answer` is what the county says once it is asked.
    """
    await elsewhere(world)
    side = Registrar(world)
    by_number = basis == "number"
    born = date(1980, 3, 15)
    branch = world["BJ010101"]

    rows = [("林晓", number() if by_number else "", "" if by_number else str(born), "2026-04", "BJ010101", "新港物流")]
    given = run.Import(kind=LedgerKind.INFLOW, organization=world["BJ01"], content=ledger(*rows), name="流入.xlsx")
    started = await side.call("plan", run.start, given=given, system="local")
    row = await world.row("import_run", started.id)
    side.trace.note("plan", row["report"], row["outcomes"], row["plan_digest"])
    report = await run.carry_out(
        world.database, viewer=world.viewer("BJ01"), vault=world.vault, now=world.now, system="local", run_id=started.id
    )
    side.trace.note("report", report.as_json())
    await side.look("imported")
    came = await world.value("select id from arrival")

    world.wait(1)
    await world.ask()
    await reconcile.reconcile(world.database, vault=world.vault, now=world.now)
    await side.look("asked")
    await answer(world, came)
    await side.look("answered")
    world.wait(40)
    await reconcile.reconcile(world.database, vault=world.vault, now=world.now)
    await side.look("waited")

    amend = arrival.AmendArrival(arrival_id=came, given={"work_unit": "江东仓储", "phone": "17491234567"}, version=1)
    await side.call("amend", arrival.amend, commands=[amend])
    place = arrival.PlaceMember(liaison_id=came, version=2, branch_id=world["BJ010102"], placed_on=TODAY)
    await side.call("place", arrival.place, commands=[place])
    wrong = {"liaison_id": came, "version": 3, "reason": "核对"}
    await side.call("object", candidate.object_to_denial, **wrong)
    await side.call("undo", candidate.undo, **wrong)
    visit = {"came_on": TODAY, "left_on": None, "met_on": None, "note": None}
    await side.call("visit", ending.record_visit, liaison_id=came, version=3, **visit)
    over = {
        "reason": EndReason.RETURNED,
        "ended_on": TODAY,
        "letter_number": None,
        "note": None,
        "next_statement": None,
    }
    await side.call("end", ending.end, liaison_id=came, version=3, **over)
    for kind, what in (("CITIZEN_ID", number()), ("PHONE", "17491234567"), ("CARD", "YL-2026-7")):
        await side.call("search", search.find_by_number, kind=kind, number=what, reason="核对")
    for aggregate, subject in (("arrival", came), ("member", came), ("departure", came)):
        for field in ("citizenId", "phone"):
            if (aggregate, field) != ("departure", "citizenId"):
                said = {"aggregate": aggregate, "subject_id": subject, "field": field, "reason": "核对"}
                await side.call("reveal", reveal.reveal, **said)
    # What an id might be guessed for: answers to all of them are alike.
    for table in ("match", "member", "departure", "discrepancy", "question"):
        found = await world.rows(f"select id from {table}")
        for identifier in [row["id"] for row in found] or [uuid4()]:
            no = {"candidate_id": identifier, "version": 1, "code": DenialCode.NOT_OUR_MEMBER, "note": None}
            await side.call("deny", candidate.deny, **no)
            await side.call("answer", question.complete, question_id=identifier, answer="RETURNED", note=None)
            keep = {"version": 1, "take": Side.INFLOW, "value": None, "confirmed_on": None, "note": None}
            await side.call("settle", settlement.settle, discrepancy_id=identifier, **keep)
            new = departure.RegisterDeparture(member_id=identifier)
            await side.call("depart", departure.register, commands=[new])
            break
    again = arrival.RegisterArrival(organization_id=world["BJ01"], name="林晓", citizen_id=number(), birth_date=None)
    await side.call("register", arrival.register, commands=[again])
    await side.call("register", arrival.register, commands=[arrival.RegisterArrival(
        organization_id=world["BJ01"], name="林晓", branch_id=branch, birth_date=born
    )])  # fmt: skip
    own = member.RegisterMember(
        organization_id=world["BJ010101"], citizen_id=number(), given={"name": "林晓", "category": "FULL"}
    )
    await side.call("own member", member.register, commands=[own])
    correct = {"name": None, "birth_date": None, "reason": "补录", "citizen_id": number(2)}
    await side.call("correct", correction.correct_identity, member_id=None, arrival_id=came, **correct)
    version = await world.version("arrival", came)
    await world.ask()
    await side.look("worked")
    back = {"liaison_id": came, "version": version, "reason": ReasonCode.NOT_LIVING_HERE, "note": None}
    await side.call("return", leaving.return_, **back)
    await reconcile.reconcile(world.database, vault=world.vault, now=world.now)
    await side.look("returned")
    return side.trace.lines


# What may be in the county


async def nothing(world: World) -> None:
    pass


async def a_member_at_home(world: World) -> None:
    await world.member()


async def a_member_away(world: World) -> None:
    await world.leave(await world.member(), card_number="YL-2026-7", phone="17491234567")


async def a_member_away_elsewhere(world: World) -> None:
    await world.leave(await world.member(), inflow_organization_id=world["BJ02"], work_unit="江北重工")


async def a_member_away_in_a_village(world: World) -> None:
    await world.leave(await world.member(), inflow_organization_id=world["YL02"])


async def two_members(world: World) -> None:
    await world.member("YL0101")
    await world.member("YL0201", name="别人")


# What the county may say when it is asked


async def nothing_yet(world: World, came: UUID) -> None:
    assert (await world.question(came))["state"] == "ASKED"


async def no(world: World, came: UUID) -> None:
    for asked in await world.rows("select * from match where state = 'ASKED'"):
        who = next(code for code, identifier in world.ids.items() if identifier == asked["asked_organization_id"])
        said = {"version": asked["version"], "code": DenialCode.NOT_OUR_MEMBER, "note": None}
        await world.do(candidate.deny, who, candidate_id=asked["id"], **said)
    assert await world.value("select count(*) from match where state = 'DENIED'") > 0


async def silence(_world: World, _came: UUID) -> None:
    pass


@pytest.mark.parametrize(
    ("elsewhere", "answer", "basis"),
    [
        (a_member_at_home, nothing_yet, "number"),
        (a_member_away, no, "number"),
        (a_member_away_elsewhere, nothing_yet, "number"),
        (a_member_away_elsewhere, no, "number"),
        (a_member_away_in_a_village, no, "number"),
        (two_members, no, "number"),
        (a_member_away, nothing_yet, "name"),
        (a_member_at_home, no, "name"),
    ],
)
async def test_nothing_tells_whether_such_a_member_exists(server, template, elsewhere, answer, basis) -> None:
    async with another_database(server, template) as with_, another_database(server, template) as without:
        told = await scenario(await a_world(with_), elsewhere, answer, basis)
        expected = await scenario(await a_world(without), nothing, silence, basis)
    differing = [(one, other) for one, other in itertools.zip_longest(told, expected) if one != other]
    assert differing[:3] == []


async def test_the_trace_would_show_a_match(server, template) -> None:
    """The comparison can fail: where the statement names the registrar, the match shows."""

    async def named(world: World) -> None:
        await world.leave(await world.member(), inflow_organization_id=world["BJ01"])

    async with another_database(server, template) as with_, another_database(server, template) as without:
        told = await scenario(await a_world(with_), named, silence, "number")
        expected = await scenario(await a_world(without), nothing, silence, "number")
    assert told != expected
    assert any("'matched': 1" in line for line in told)
