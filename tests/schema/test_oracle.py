"""Over HTTP and WebSocket: nothing that a registrar obtains tells whether a member with that number exists elsewhere.

Two hubs differ only in what the county holds. The same long script is run against both as the inflow side; every
response, with its status and headers, is compared byte by byte. What is random or counts time is replaced by the order
in which it first came: ids, cursors, one-time addresses, sequence numbers.
"""

import csv
import io
import itertools
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event

from hub.domain import departure, member
from hub.feed.number import number_all
from hub.resolvers.node import TypeNumber
from hub.sync.jobs import ASK_CANDIDATES, jobs
from tests.conftest import another_database
from tests.factories import NOW, a_tree, a_viewer
from tests.schema.calls import number
from tests.schema.cards import issue_cards, show_cards
from tests.schema.conftest import SCHEMA, Socket, World, a_socket, gid, make_world

RANDOM = re.compile(r"(?<![0-9A-Za-z_-])(?:[A-Za-z0-9_-]{28}|[A-Za-z0-9_-]{40,}=*|\d{16})(?![0-9A-Za-z_-])")
STATEMENTS: ContextVar[list[str] | None] = ContextVar("STATEMENTS", default=None)
"""What the present request sends to the database: the same statements are the same work, so that time tells nothing."""
PLAN_DIGEST = re.compile(r"[0-9a-f]{64}")

LIAISON = """id state matchedOn startedOn endedOn endReason member { id name } next { id } transfer { id }
    discrepancies { id } visits { cameOn } outflow { id version }
    inflow { id version state name organization { code } branch { code } arrivedOn placedOn workUnit phoneMasked
             citizenIdMasked birthDate returnReason leftOn confirmedOn recordedAt }"""
RECORD = """id version state counts isTwoSided acknowledgedAt overdueAt member { id } liaison { id state } twin { id }
    history { version }"""
EVENT = """__typename ... on Event { cursor seq prevSeq topic kind aggregate aggregateVersion replaces occurredAt recordedAt
        organization { code } liaison { id state member { id } outflow { id } } transfer { id } participation { id version } activity { id } inquiry { id } }
    ... on Heartbeat { headSeq }"""
PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
EVERYTHING = f"""{{
    viewer {{ actor roles }}
    arrivals(first: 2) {{ edges {{ cursor node {{ {LIAISON} }} }} {PAGE} }}
    unmatched: arrivals(states: [UNMATCHED]) {{ edges {{ node {{ id }} }} }}
    denied: arrivals(states: [DENIED]) {{ edges {{ node {{ id }} }} }}
    matched: arrivals(states: [MATCHED]) {{ edges {{ node {{ id }} }} }}
    ended: arrivals(states: [ENDED]) {{ edges {{ node {{ id }} }} }}
    departures {{ edges {{ node {{ id }} }} {PAGE} }}
    matchCandidates {{ edges {{ node {{ id }} }} {PAGE} }}
    transfers {{ edges {{ node {{ id }} }} {PAGE} }}
    discrepancies {{ edges {{ node {{ id }} }} {PAGE} }}
    activities {{ edges {{ node {{ id version }} }} {PAGE} }}
    open: activities(openToArrivals: true) {{ edges {{ node {{ id }} }} {PAGE} }}
    participations(first: 2) {{ edges {{ cursor node {{ {RECORD} }} }} {PAGE} }}
    waiting: participations(waiting: true) {{ edges {{ node {{ id }} }} {PAGE} }}
    inquiries {{ edges {{ node {{ id }} }} {PAGE} }}
    tasks {{ edges {{ cursor node {{ id kind turn text dueOn citation object {{ id }} }} }} {PAGE} }}
    theirs: tasks(whose: THEIRS) {{ edges {{ node {{ id kind }} }} {PAGE} }}
    events {{ items {{ {EVENT} }} hasNext headSeq }}
}}"""
LEDGER = "query($id: ID!) { ledger(organization: $id) { edges { node { member { id } liaison { id state } freshOn overdue } } } }"
LIAISONS = f"... on Liaison {{ {LIAISON} }}"
OF_RECORDS = (
    "correctParticipation", "disputeParticipation", "answerDispute", "hearAbsence", "acceptReport", "acknowledgeParticipation",
)  # fmt: skip
ANSWERS = {
    "registerMember": "... on Member { id name }",
    "findByNumber": "... on FoundByNumber { members { id } liaisons { id state } }",
    "revealField": "... on RevealedField { value }",
    "planActivity": "... on Activity { id version }",
    "recordAttendance": f"... on RollCall {{ outcomes {{ ... on Participation {{ {RECORD} }} ... on Refusal {{ code field message }} }} }}",
    "acknowledgeMonth": "... on Acknowledged { count }",
    **dict.fromkeys(OF_RECORDS, f"... on Participation {{ {RECORD} }}"),
    "applyImport": "... on ImportRun { id state }",
}
RUN = """id kind state done total planDigest errorsFile report { rows accepted new updated unchanged missing matched
    unmatched suggestedReturned differences { field count } errors { row code } warnings { row code } }"""


class Clock:
    """An instant that moves only when the script says so."""

    def __init__(self) -> None:
        self.now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


class Registrar:
    """The inflow side at work. Everything that it is answered is noted, without what is random."""

    def __init__(self, world: World, tree: dict[str, Any], clock: Clock, socket: Socket) -> None:
        self.world, self.tree, self.clock, self.socket = world, tree, clock, socket
        self.lines: list[str] = []
        self.names = {gid(TypeNumber.ORGANIZATION, key): code for code, key in tree.items()}
        event.listen(world.hub.engine.sync_engine, "before_cursor_execute", self._count)

    def _count(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if (statements := STATEMENTS.get()) is not None:
            statements.append(statement)

    def _name(self, found: re.Match[str]) -> str:
        if PLAN_DIGEST.fullmatch(found[0]):
            return found[0]
        return self.names.setdefault(found[0], f"random{len(self.names)}")

    def note(self, what: str, said: str) -> None:
        self.lines.append(f"{what}: {RANDOM.sub(self._name, said)}")

    async def post(self, what: str, who: str = "BJ01", role: str = "COMMITTEE", **body: Any) -> Any:
        """Send one request; note status, headers, body, and the statements that it cost."""
        statements: list[str] = []
        STATEMENTS.set(statements)
        async with self.world.client(self.world.token(self.tree[who], role)) as client:
            response = await client.post("/graphql", **body)
        self.note(f"{what} by {who} {role}", f"{response.status_code} {dict(response.headers)} {response.text}")
        STATEMENTS.set(None)
        if what != "applyImport":  # which goes on behind its answer
            self.lines.append(f"{what}: {statements}")
        return response.json()["data"]

    async def ask(self, what: str, query: str, who: str = "BJ01", role: str = "COMMITTEE", **variables: Any) -> Any:
        return await self.post(what, who, role, json={"query": query, "variables": variables})

    async def call(self, mutation: str, who: str = "BJ01", **said: Any) -> Any:
        assert SCHEMA.mutation_type is not None
        kind = SCHEMA.mutation_type.fields[mutation].args["input"].type
        answer = ANSWERS.get(mutation, LIAISONS if "Liaison" in str(_types(mutation)) else "")
        refusal = "... on Refusal { code field message currentVersion currentState }"
        query = f"mutation($input: {kind}) {{ {mutation}(input: $input) {{ __typename {refusal} {answer} }} }}"
        found = await self.ask(mutation, query, who, input={"opId": str(uuid4()), **said})
        self.clock.now += timedelta(days=1)  # so that nothing stands in the order of random ids
        return found[mutation]

    async def upload(self, *rows: tuple[str, ...]) -> Any:
        text = io.StringIO()
        csv.writer(text).writerows([("姓名", "身份证号码", "流入时间", "编入党支部", "工作单位"), *rows])
        query = (
            f"mutation($input: ImportLedgerInput!) {{ importLedger(input: $input) {{ ... on ImportRun {{ {RUN} }} }} }}"
        )
        said = {"opId": str(uuid4()), "file": None, "kind": "INFLOW"}
        body = {
            "data": {
                "operations": json.dumps({"query": query, "variables": {"input": said}}),
                "map": '{"0": ["variables.input.file"]}',
            },
            "files": {"0": ("流入.csv", text.getvalue().encode(), "text/csv")},
        }
        return (await self.post("importLedger", **body))["importLedger"]

    async def import_(self, *rows: tuple[str, ...]) -> None:
        planned = await self.upload(*rows)
        await self.call("applyImport", importRunId=planned["id"], planDigest=planned["planDigest"])
        for _ in range(200):
            tasks = list(self.world.hub.behind._tasks)
            if not tasks:
                break
            await tasks[0]
        await self.ask("run", f"query($id: ID!) {{ importRun(id: $id) {{ {RUN} }} }}", id=planned["id"])

    async def look(self, *ids: str, others: bool = False) -> None:
        """Note all that the inflow side can see now, and what its stream brings until it is quiet."""
        await number_all(self.world.hub.engine)
        await self.ask("look", EVERYTHING)
        if others:
            for who, role in (("BJ010101", "BRANCH"), ("BJ", "DEPARTMENT"), ("BJ01", "PARTNER")):
                await self.ask("look", EVERYTHING, who, role)
        await self.ask("ledger", LEDGER, id=gid(TypeNumber.ORGANIZATION, self.tree["BJ010101"]))
        for identifier in ids:
            await self.ask("node", f"query($id: ID!) {{ node(id: $id) {{ id {LIAISONS} }} }}", id=identifier)
            await self.ask("liaison", f"query($id: ID!) {{ liaison(id: $id) {{ {LIAISON} }} }}", id=identifier)
        head = (await self.ask("head", "{ events { headSeq } }"))["events"]["headSeq"]
        while True:
            item = (await self.socket.take())["payload"]["data"]["events"]
            if item["__typename"] != "Heartbeat":
                self.note("stream", json.dumps(item, ensure_ascii=False))
            elif item["headSeq"] == head:
                break


def _types(mutation: str) -> list[str]:
    assert SCHEMA.mutation_type is not None
    return [kind.name for kind in SCHEMA.mutation_type.fields[mutation].type.of_type.types]


class County:
    """The outflow side: what it holds, and what it answers."""

    def __init__(self, world: World, tree: dict[str, Any], clock: Clock) -> None:
        self.world, self.tree, self.clock = world, tree, clock

    async def holds(self, who: str = "YL0101", *, away: bool = False, to: str | None = None) -> None:
        """Register the member; and that they left, naming nobody or `to`."""
        by = {"viewer": a_viewer(self.tree[who]), "vault": self.world.hub.vault, "now": self.clock.now}
        given = {"name": "林晓", "category": "FULL", "joined_on": "2010-06"}
        command = member.RegisterMember(organization_id=self.tree[who], citizen_id=number(1), given=given)
        async with self.world.hub.engine.begin() as connection:
            made = (await member.register(connection, **by, commands=[command]))[0]
            await issue_cards(connection, by, made.id)
            if away:
                said = {"departed_on": "2026-03", "phone": "17491234567", "card_number": "YL-7"}
                named = {"inflow_organization_id": self.tree[to]} if to else {}
                left = departure.RegisterDeparture(member_id=made.id, given=said | named)
                await departure.register(connection, **by, commands=[left])

    async def asked(self, state: str = "ASKED") -> list[Any]:
        query = "query($states: [MatchState!]) { matchCandidates(states: $states) { edges { node { id version } } } }"
        found = await self.world.ask(self.world.token(self.tree["YL"], "DEPARTMENT"), query, states=[state])
        return [edge["node"] for edge in found["matchCandidates"]["edges"]]

    async def denies(self) -> None:
        candidates = await self.asked()
        assert candidates
        for candidate in candidates:
            said = {"candidateId": candidate["id"], "version": candidate["version"], "code": "NOT_OUR_MEMBER"}
            await self.world.call(self.world.token(self.tree["YL"], "DEPARTMENT"), "denyMatch", **said)
        assert len(await self.asked("DENIED")) == len(candidates)

    async def is_silent(self) -> None:
        assert await self.asked()

    async def knows_nothing(self) -> None:
        assert not await self.asked()


async def script(side: Registrar, county: Callable[[], Awaitable[None]]) -> None:
    """All that the inflow side can do about one person. `county`: what the other side answers once it may be asked."""
    world, tree, clock = side.world, side.tree, side.clock
    hub = world.hub
    duties = {job.name: job for job in jobs(hub.settings, hub.vault)}

    async def duty(name: str) -> None:
        await duties[name].run(hub.engine, clock.now)

    organization = {code: gid(TypeNumber.ORGANIZATION, key) for code, key in tree.items()}
    came = await side.call(
        "registerArrival", organizationId=organization["BJ01"], name="林晓", citizenId=number(1).lower(),
        statement={"arrivedOn": "2026-04", "workUnit": "新港物流", "homeOrganizationText": "中共YL0101", "cardNumber": "YL-7"},
    )  # fmt: skip
    ids = (came["id"], came["inflow"]["id"])
    await side.look(*ids)
    await duty(ASK_CANDIDATES)
    await side.look(*ids)
    await county()
    await duty("reconcile")
    await side.look(*ids, others=True)

    own = {"liaisonId": came["id"]}
    await side.call("amendStatement", **own, version=1, inflow={"workUnit": "江东仓储", "phone": "17491234567"})
    await side.call("amendStatement", **own, version=1, unchanged=True)
    await side.call("amendStatement", **own, version=2, verifying=True)
    await side.call(
        "placeMember", **own, version=3, branchId=organization["BJ010101"], placedOn=clock.now.date().isoformat()
    )
    await takes_part(side, came["id"])
    for call in ("objectToDenial", "undoMatch"):
        await side.call(call, **own, version=4, reason="核对")
    await side.call("recordReturnVisit", **own, version=4, cameOn="2026-10-01")
    await side.call("endLiaison", **own, version=4, reason="RETURNED", endedOn="2026-11-20")
    await side.call("amendStatement", **own, version=4, outflow={"workUnit": "别处"})
    for kind, what in (("CITIZEN_ID", number(1)), ("PHONE", "17491234567"), ("CARD", "YL-7")):
        await side.call("findByNumber", kind=kind, number=what, reason="核对")
    for field in ("citizenId", "phone", "address"):
        await side.call("revealField", id=ids[1], field=field, reason="核对")
    again = {"organizationId": organization["BJ01"], "name": "林晓", "statement": {}}
    await side.call("registerArrival", **again, citizenId=number(1))
    await side.call("registerArrival", **again, birthDate="1990-03-07")
    await side.look(*ids)

    await side.call("correctIdentity", arrivalId=ids[1], citizenId=number(2), reason="补录")
    await side.call("correctIdentity", arrivalId=ids[1], citizenId=number(1), reason="更正")
    await show_cards(side, ids[0])
    await side.import_(("林晓", number(1), "2026-04", "BJ010101", "新港物流"))
    await side.import_(("林晓", number(1), "2026-05", "BJ010201", "东区仓储"))
    await duty(ASK_CANDIDATES)
    await side.look(*ids)
    clock.now += timedelta(days=40)
    await duty("reconcile")
    await side.look(*ids)
    version = await side.ask("version", "query($id: ID!) { liaison(id: $id) { inflow { version } } }", id=ids[0])
    left = {**own, "version": version["liaison"]["inflow"]["version"]}
    await side.call("returnArrival", **left, reason="NOT_LIVING_HERE")
    own_member = {"name": "林晓", "citizenId": number(1), "category": "FULL", "joinedOn": "2010-06"}
    await side.call("registerMember", organizationId=organization["BJ010101"], **own_member)
    await duty(ASK_CANDIDATES)
    await duty("reconcile")
    await side.look(*ids, others=True)


async def takes_part(side: Registrar, liaison: str) -> None:
    """All that the inflow side can do about what its arrival takes part in."""
    organization = gid(TypeNumber.ORGANIZATION, side.tree["BJ01"])
    held = {"organizationId": organization, "kind": "THEME_DAY", "heldOn": side.clock.now.date().isoformat()}
    activity = await side.call("planActivity", **held, isOpenToArrivals=True)
    line = {"liaisonId": liaison, "attendance": "ABSENT_UNEXCUSED"}
    said = {"activityId": activity["id"], "entries": [line, {"liaisonId": organization}, {**line, "voted": True}]}
    record = (await side.call("recordAttendance", **said))["outcomes"][0]
    await side.call("recordAttendance", **said)
    which = {"participationId": record["id"]}
    await side.call("acknowledgeParticipation", **which, version=1)
    await side.call("acceptReport", **which, version=1, evidenceKind="PHOTO")
    await side.call("disputeParticipation", **which, version=1, reason="核对")
    await side.call("answerDispute", **which, version=1, answer="核对")
    await side.call("hearAbsence", **which, version=1, heardOn=side.clock.now.date().isoformat())
    await side.call("correctParticipation", **which, version=1, reason="看错行", attendance="PRESENT")
    await side.look(liaison)


Elsewhere = Callable[[County], Awaitable[None]]
SUBSCRIPTION = f"subscription {{ events {{ {EVENT} }} }}"


@asynccontextmanager
async def a_registrar(server: str, template: str, home: Path, clock: Clock) -> AsyncIterator[tuple[Registrar, County]]:
    """A hub of one's own, with the inflow side's stream open."""
    async with another_database(server, template) as engine:
        world = await make_world(engine, home, heartbeat=0.2)
        async with engine.begin() as connection:
            tree = await a_tree(connection)
        token = world.token(tree["BJ01"], days=400)
        streams, bell = world.hub.streams, world.hub.bell
        async with streams.running(), bell.running(), a_socket(world, authorization=f"Bearer {token}") as socket:
            await socket.begin()
            await socket.subscribe(SUBSCRIPTION)
            yield Registrar(world, tree, clock, socket), County(world, tree, clock)


async def told(
    server: str,
    template: str,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    elsewhere: Elsewhere,
    answer: Elsewhere,
) -> list[str]:
    """Run the script against a hub and return everything that the inflow side obtained."""
    clock = Clock()
    for module in ("hub.resolvers.context", "hub.schema.server", "tests.schema.conftest"):
        monkeypatch.setattr(f"{module}.utc_now", clock)
    async with a_registrar(server, template, home, clock) as (side, county):
        await elsewhere(county)
        await script(side, lambda: answer(county))
    return side.lines


async def nothing(_county: County) -> None:
    pass


async def a_member_at_home(county: County) -> None:
    await county.holds()


async def a_member_away(county: County) -> None:
    await county.holds(away=True)


async def a_member_away_elsewhere(county: County) -> None:
    await county.holds(away=True, to="BJ02")


async def a_member_who_named_the_registrar(county: County) -> None:
    await county.holds(away=True, to="BJ01")


async def test_no_response_tells_whether_such_a_member_exists(
    server: str, template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = partial(told, server, template, tmp_path, monkeypatch)
    expected = await run(nothing, County.knows_nothing)
    for elsewhere, answer in (
        (a_member_at_home, County.is_silent),
        (a_member_away, County.denies),
        (a_member_away_elsewhere, County.denies),
    ):
        assert first_difference(await run(elsewhere, answer), expected) is None, elsewhere.__name__
    # The comparison can fail: where the outflow statement names the registrar, the match shows.
    assert first_difference(await run(a_member_who_named_the_registrar, County.knows_nothing), expected) is not None


def first_difference(found: list[str], expected: list[str]) -> tuple[str, str] | None:
    """Both texts around the first place in which they differ."""
    for one, other in itertools.zip_longest(found, expected, fillvalue=""):
        if one != other:
            at = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
            around = slice(max(at - 300, 0), at + 300)
            return f"{one[:30]} … {one[around]}", other[around]
    return None
