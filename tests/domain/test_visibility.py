"""Who sees which rows and which classes of field: the whole table, written out; and every column has a class."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import ARRAY, Boolean, Date, Integer, LargeBinary, Numeric, String, Table, insert, update
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from hub.domain import candidate, ending, visibility
from hub.domain.viewer import Role, Viewer
from hub.models import (
    Activity,
    ActivityCard,
    Appraisal,
    AppraisalOpinion,
    Arrival,
    Base,
    Contact,
    Departure,
    Discrepancy,
    Exemption,
    FieldClass,
    ImportRun,
    Inquiry,
    LostFinding,
    Match,
    Member,
    Participation,
    Question,
    Transfer,
    Visit,
)
from tests.domain.liaisons import NOW, TODAY, World, a_world
from tests.domain.lives import held, marked, reported
from tests.domain.transfers import a_case
from tests.factories import a_viewer

OPEN, NAME, CONTACT, STANDING, HOME = (FieldClass(word) for word in ("OPEN", "NAME", "CONTACT", "STANDING", "HOME"))
ALL = {OPEN, NAME, CONTACT, STANDING, HOME}
SEEN = {
    "SELF": ALL,
    "HOLDER": ALL,
    "OWN": ALL,
    "ACCEPTOR": {OPEN, NAME, CONTACT, STANDING},
    "COUNTERPART": {OPEN, NAME, CONTACT},
    "PARTNER": {OPEN},
}
MODELS = {
    model.__tablename__: model
    for model in (
        Member, Departure, Arrival, Match, Transfer, Discrepancy, Visit, Question, ImportRun, Activity, Participation, Inquiry,
        Exemption, Contact, LostFinding, ActivityCard, Appraisal, AppraisalOpinion,
    )
} | {"report": Participation}  # fmt: skip
# That there is such a row tells of health or standing.
NEVER_A_PARTNERS = {"exemption", "contact", "lost_finding", "appraisal", "appraisal_opinion"}

MARKS = {"dispute_state": "UPHELD", "evidence_kind": "PHOTO", "components_attended": ["LECTURE"], "hours": Decimal(2),
         "attendance": "PRESENT"}  # fmt: skip
# table → for whom it is what. Whoever is not named sees nothing of it.
OUTFLOW = {"YL0101": "HOLDER", "YL01": "OWN", "YL": "OWN"}
INFLOW = {"BJ01": "HOLDER", "BJ010101": "HOLDER", "BJ0101": "OWN", "BJ": "OWN"}


def seen_as(word: str, by: dict[str, str]) -> dict[str, str]:
    return dict.fromkeys(by, word)


ACCESS = {
    "member": {**OUTFLOW, **seen_as("COUNTERPART", INFLOW), "self": "SELF"},
    "departure": {**OUTFLOW, **seen_as("COUNTERPART", INFLOW), "self": "SELF"},
    "arrival": {**INFLOW, "BJ0101": "OWN", **seen_as("COUNTERPART", OUTFLOW), "self": "SELF"},
    "match": OUTFLOW,
    "discrepancy": {**seen_as("COUNTERPART", OUTFLOW), **seen_as("COUNTERPART", INFLOW), "self": "SELF"},
    "visit": {**seen_as("OWN", OUTFLOW), **seen_as("COUNTERPART", INFLOW), "self": "SELF"},
    "question": OUTFLOW,
    "import_run": OUTFLOW,
    "activity": {
        **dict.fromkeys(("BJ01", "BJ"), "OWN"), "BJ01": "HOLDER", **seen_as("COUNTERPART", OUTFLOW),
        "BJ0101": "COUNTERPART", "BJ010101": "COUNTERPART", "BJ0102": "COUNTERPART", "BJ010102": "COUNTERPART",
        "BJ010201": "COUNTERPART", "self": "COUNTERPART",
    },
    "participation": {**INFLOW, **seen_as("COUNTERPART", OUTFLOW), "self": "SELF"},
    "report": {**OUTFLOW, "self": "SELF"},
    "inquiry": {**OUTFLOW, **seen_as("COUNTERPART", INFLOW), "self": "SELF"},
    "exemption": {**OUTFLOW, "self": "SELF"},
    "contact": {**OUTFLOW, "self": "SELF"},
    "lost_finding": {**OUTFLOW, "self": "SELF"},
    "activity_card": {**OUTFLOW, **seen_as("COUNTERPART", INFLOW), "self": "SELF"},
    "appraisal": {**OUTFLOW, "self": "SELF"},
    "appraisal_opinion": {"BJ01": "HOLDER", "BJ": "OWN", **seen_as("COUNTERPART", OUTFLOW), "self": "SELF"},
}  # fmt: skip


@pytest.fixture
async def world(database) -> World:
    return await a_world(database)


def a_value(column: Any) -> Any:
    """Anything that fits a column."""
    if isinstance(column.type, ARRAY):
        return [b"x"]
    if isinstance(column.type, PgUUID) or column.type.python_type is UUID:
        return uuid4()
    for kind, value in (
        (LargeBinary, b"x"),
        (Boolean, True),
        (Integer, 1),
        (Numeric, Decimal(2)),
        (Date, TODAY),
        (TIMESTAMP, NOW),
        (String, "2026-03"),
    ):
        if isinstance(column.type, kind):
            return value
    return {}  # JSON


def described(table: str) -> Table:
    return Base.metadata.tables["participation" if table == "report" else table]


async def fill(world: World, table: str, identifier: UUID, **fixed: Any) -> None:
    """Give every column a value, so that null means hidden."""
    row = await world.row(table, identifier)
    table_ = described(table)
    blank = {
        c.name: a_value(c) for c in table_.columns if row[c.name] is None and not c.foreign_keys and c.computed is None
    }
    linked = {c.name: world["BJ010101"] for c in table_.columns if row[c.name] is None and c.foreign_keys}
    async with world.database.begin() as connection:
        await connection.execute(update(table_).where(table_.c.id == identifier).values({**linked, **blank, **fixed}))


@pytest.fixture
async def records(world: World) -> dict[str, UUID]:
    """One record of each table, all about one liaison between YL0101 and BJ010101 and full of values."""
    person = await world.member(phone="17491234567")
    left = await world.leave(person, inflow_organization_id=world["BJ01"], work_unit="江北重工")
    came = await world.arrive(branch="BJ010101", work_unit="新港物流")
    said = {"came_on": TODAY, "left_on": None, "met_on": None, "note": "x"}
    version = await world.version("departure", left)
    await world.do(ending.record_visit, "YL0101", liaison_id=left, version=version, **said)
    found = {"member": person, "departure": left, "arrival": came}
    for table in ("match", "discrepancy", "visit"):
        found[table] = await world.value(f"select id from {table}")
    async with world.database.begin() as connection:
        for table, values in (
            ("question", {"kind": "REMARK", "turn": "OUTFLOW", "organization_id": world["YL0101"], "departure_id": left,
                          "due_on": TODAY, "asked_at": NOW}),
            ("import_run", {"kind": "OUTFLOW", "state": "DONE", "organization_id": world["YL0101"], "file_name": "x",
                            "file_digest": b"x", "created_at": NOW, "created_by": "x", "expires_at": NOW}),
            ("exemption", {"member_id": person, "organization_id": world["YL0101"], "reason": "ILLNESS", "starts_on": TODAY,
                           "recorded_at": NOW, "recorded_by": "x"}),
            ("contact", {"member_id": person, "organization_id": world["YL0101"], "on_day": TODAY, "manner": "PHONE",
                         "is_two_way": True, "is_search": True, "recorded_at": NOW, "recorded_by": "x"}),
            ("lost_finding", {"member_id": person, "organization_id": world["YL0101"], "found_on": TODAY,
                              "decided_by": "x", "recorded_at": NOW, "recorded_by": "x"}),
            ("activity_card", {"member_id": person, "organization_id": world["YL0101"], "issuer_id": world["YL"],
                               "number": "1", "issued_on": TODAY, "arrival_id": came, "state": "PRESENTED",
                               "recorded_at": NOW, "recorded_by": "x"}),
            ("appraisal", {"member_id": person, "organization_id": world["YL0101"], "year": 2026, "grade": "QUALIFIED",
                           "decided_on": TODAY, "recorded_at": NOW, "recorded_by": "x"}),
            ("appraisal_opinion", {"arrival_id": came, "organization_id": world["BJ01"], "year": 2026, "given_on": TODAY,
                                   "grade": "QUALIFIED", "recorded_at": NOW, "recorded_by": "x"}),
            ("inquiry", {"member_id": person, "outflow_organization_id": world["YL0101"], "from_on": TODAY, "to_on": TODAY,
                         "inflow_organization_id": world["BJ010101"], "due_on": TODAY, "asked_at": NOW, "asked_by": "x"}),
        ):  # fmt: skip
            found[table] = uuid4()
            await connection.execute(insert(described(table)).values(id=found[table], **values))
    found["activity"] = await held(world, hours=Decimal(2))
    found["participation"] = await marked(world, found["activity"], came)
    found["report"] = await reported(world, person, "2026-10-08", kind="TRAINING")
    acknowledged = {"state": "ACKNOWLEDGED", "twin_id": None, "role": "SPEAKER"}
    await fill(world, "participation", found["participation"], **acknowledged, **MARKS, member_id=None)
    kept = {"arrival_id": None, "activity_id": None, "host_id": None}
    await fill(world, "participation", found["report"], **acknowledged, **MARKS, **kept)
    await fill(world, "inquiry", found["inquiry"], state="ANSWERED", arrival_id=came)
    for table in ("activity", "exemption", "contact", "lost_finding", "appraisal"):
        await fill(world, table, found[table])
    await fill(world, "activity_card", found["activity_card"], replaced_by_id=None)
    await fill(world, "appraisal_opinion", found["appraisal_opinion"], member_id=None)
    await fill(world, "member", person)
    await fill(world, "departure", left, ended_on=TODAY, end_reason="RETURNED")
    await fill(world, "arrival", came, category="FULL", state="RETURNED", return_reason="OTHER")
    await fill(world, "match", found["match"], denial="OTHER")
    await fill(world, "discrepancy", found["discrepancy"], transfer_id=None, participation_id=None)
    await fill(world, "visit", found["visit"])
    await fill(world, "question", found["question"], arrival_id=None)
    await fill(world, "import_run", found["import_run"])
    return found


def viewers(world: World, person: UUID) -> dict[str, Viewer]:
    organizations = {code: a_viewer(identifier) for code, identifier in world.ids.items()}
    return {**organizations, "self": a_viewer(world["YL0101"], Role.MEMBER, person)}


LEFT_EMPTY = ("transfer_id", "arrival_id", "participation_id", "member_id", "activity_id", "host_id", "replaced_by_id")


def classes(table: str, row: Any) -> set[FieldClass]:
    """The classes of field of which a row shows something; each shows all of its columns or none."""
    shown: dict[FieldClass, set[bool]] = {}
    for column in described(table).columns:
        if column.name not in ("phone_sealed", "heard_statement") and hasattr(row, column.name):
            known = shown.setdefault(column.info["class"], set())
            # What is left empty on purpose, since a constraint wants it so, tells nothing.
            if column.name not in LEFT_EMPTY or getattr(row, column.name) is not None:
                known.add(getattr(row, column.name) is not None)
    assert all(len(answers) == 1 for answers in shown.values()), (table, shown)
    return {field_class for field_class, answers in shown.items() if answers == {True}}


def having(table: str) -> set[FieldClass]:
    return {column.info["class"] for column in described(table).columns}


@pytest.mark.parametrize("table", list(ACCESS))
async def test_who_sees_what(world: World, records: dict[str, UUID], table: str) -> None:
    async with world.database.connect() as connection:
        for who, viewer in viewers(world, records["member"]).items():
            row = await visibility.row(connection, viewer, MODELS[table], records[table])
            word = ACCESS[table].get(who)
            assert (row and row.access) == word, (table, who)
            if row is None:
                continue
            assert classes(table, row) == SEEN[word] & having(table), (table, who)
            assert not hasattr(row, "citizen_id_sealed")
            if table in ("participation", "report"):
                # What the home branch heard is the home side's, which of the place's record is the counterpart.
                heard = who in OUTFLOW or who == "self"
                assert (row.heard_statement is not None) == heard, (table, who)
            if "phone_sealed" in described(table).columns:
                assert (row.phone_sealed is not None) == (word in ("HOLDER", "SELF")), (table, who)


@pytest.mark.parametrize("table", list(ACCESS))
async def test_a_partner_sees_what_is_open_of_what_its_organization_sees(world: World, records, table: str) -> None:
    async with world.database.connect() as connection:
        for who, identifier in world.ids.items():
            row = await visibility.row(connection, a_viewer(identifier, Role.PARTNER), MODELS[table], records[table])
            seen = who in ACCESS[table] and table not in NEVER_A_PARTNERS
            assert (row and row.access) == ("PARTNER" if seen else None), (table, who)
            if row is not None:
                assert classes(table, row) == {OPEN}, (table, who)


@pytest.mark.parametrize("table", list(ACCESS))
async def test_strangers_and_other_members_see_nothing(world: World, records, table: str) -> None:
    other = await world.member("YL0102", which=9, name="别人")
    strangers = [
        a_viewer(uuid4()),
        a_viewer(world["YL0101"], Role.MEMBER, other),
        a_viewer(world["YL"], Role.MEMBER, uuid4()),
    ]
    strangers += [
        a_viewer(world[code])
        for code in ("YL0102", "YL02", "YL0201", "BJ02", "BJ0102", "BJ010102")
        if code not in ACCESS[table]
    ]
    async with world.database.connect() as connection:
        for stranger in strangers:
            ids = [records[table], uuid4()]
            assert await visibility.rows(connection, stranger, MODELS[table], ids) == []


@pytest.mark.parametrize(
    ("reason", "told"),
    [("DECEASED", None), ("MEMBERSHIP_ENDED", None), ("RETURNED", "RETURNED"), ("TRANSFERRED", "TRANSFERRED")],
)
async def test_the_other_side_learns_only_that_arrangements_end(world: World, records, reason: str, told) -> None:
    await fill(world, "departure", records["departure"], end_reason=reason)
    async with world.database.connect() as connection:
        for who, viewer in viewers(world, records["member"]).items():
            row = await visibility.row(connection, viewer, Departure, records["departure"])
            if row is not None:
                own = row.access in ("HOLDER", "OWN", "SELF")
                assert row.end_reason == (reason if own else told), who
                assert row.ended_on == TODAY
        partner = await visibility.row(connection, a_viewer(world["YL"], Role.PARTNER), Departure, records["departure"])
        assert partner.end_reason == told


async def test_an_undone_match_takes_the_other_sides_sight_away(world: World) -> None:
    person, left, came = await world.pair()
    await world.do(candidate.undo, "BJ01", liaison_id=came, version=1, reason="同名")
    async with world.database.connect() as connection:
        for model, identifier in ((Member, person), (Departure, left)):
            assert await visibility.row(connection, a_viewer(world["BJ"]), model, identifier) is None
        assert await visibility.row(connection, a_viewer(world["YL"]), Arrival, came) is None
        member = a_viewer(world["YL0101"], Role.MEMBER, person)
        assert await visibility.row(connection, member, Arrival, came) is None


async def test_a_question_shows_the_arrival_to_those_who_are_asked(world: World) -> None:
    await world.member()
    came = await world.arrive()
    async with world.database.connect() as connection:
        assert await visibility.row(connection, a_viewer(world["YL0101"]), Arrival, came) is None
    await world.ask()
    async with world.database.connect() as connection:
        for who in ("YL0101", "YL01", "YL"):
            row = await visibility.row(connection, a_viewer(world[who]), Arrival, came)
            assert row.access == "COUNTERPART"
        assert await visibility.row(connection, a_viewer(world["YL02"]), Arrival, came) is None
        assert await visibility.rows(connection, a_viewer(world["BJ"]), Match, [came], by="arrival_id") == []


@pytest.mark.parametrize(
    ("state", "inflow"),
    [
        ("REQUESTED", "COUNTERPART"),
        ("CONFIRMED", "COUNTERPART"),
        ("LETTER_ISSUED", "ACCEPTOR"),
        ("RELEASED", "ACCEPTOR"),
        ("CLOSED", "ACCEPTOR"),
    ],
)
async def test_the_accepting_side_sees_the_standing_once_the_letter_is_issued(
    database, state: str, inflow: str
) -> None:
    case = await a_case(database)
    await case.request()
    async with database.begin() as connection:
        await connection.execute(update(described("transfer")).values(state=state))
        row = await visibility.row(connection, a_viewer(case["BJ01"]), Member, case.member)
        assert row.access == inflow
        assert (row.standing is not None) == (inflow == "ACCEPTOR")
        assert row.education is None
        assert (await visibility.row(connection, a_viewer(case["BJ01"]), Transfer, case.transfer)).access == inflow
        assert await visibility.row(connection, a_viewer(case["BJ02"]), Transfer, case.transfer) is None


# The columns


def test_every_column_of_every_table_has_a_class() -> None:
    unmarked = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if not isinstance(column.info.get("class"), FieldClass)
    ]
    assert unmarked == []
    assert len(Base.metadata.tables) >= 30


PERSONAL = re.compile(r"citizen_id|phone(?!d)|address|unreadable|upload|errors")
# Official contacts are shown in full to both sides of a shared record.
OFFICIAL = {"officer.phone", "departure.inflow_leader_phone", "departure_history.inflow_leader_phone"}


def test_personal_values_are_sealed_masked_or_digested() -> None:
    plain = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if PERSONAL.search(column.name) and not re.search(r"_(sealed|masked|digests?|whose|token)$", column.name)
    }
    assert plain == OFFICIAL


def test_what_is_sealed_or_digested_is_read_by_nobody() -> None:
    for table in Base.metadata.tables.values():
        for column in table.columns:
            if re.search(r"_(sealed|digests?|token|key)$", column.name) and column.name != "plan_digest":
                assert column.info["class"] is FieldClass.INTERNAL, f"{table.name}.{column.name}"
            if column.name.endswith("_masked"):
                assert column.info["class"] is FieldClass.CONTACT, f"{table.name}.{column.name}"
