"""The same call twice is one, a refusal changes nothing, and strangers are refused alike."""

from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull
from sqlalchemy import text

from hub.resolvers.node import TypeNumber
from tests.factories import everything
from tests.schema.calls import a_match, number, organization, registered
from tests.schema.conftest import SCHEMA, World, gid


async def fingerprint(world: World) -> dict[str, str]:
    async with world.hub.engine.connect() as connection:
        return await everything(connection)


async def test_the_same_call_twice_is_one(world: World, tree: dict[str, Any]):
    op = str(uuid4())
    first = await registered(world, tree, opId=op)
    before = await fingerprint(world)
    assert await registered(world, tree, opId=op) == first
    assert await fingerprint(world) == before
    again = await registered(world, tree, serial=2, opId=op)
    assert (again["code"], again["field"]) == ("OP_ID_REUSED", "opId")
    assert await fingerprint(world) == before
    known = await registered(world, tree)
    assert known["code"] == "ALREADY_REGISTERED"
    assert await fingerprint(world) == before


async def test_what_the_database_cannot_keep_is_refused_by_its_field(world: World, tree: dict[str, Any]):
    answer = await registered(world, tree, phone="1749\x00")
    assert (answer["code"], answer["field"]) == ("INVALID_INPUT", "phone")


async def test_what_is_no_phone_number_is_refused_by_its_field_and_nothing_happens(world: World, tree: dict[str, Any]):
    branch, member = world.token(tree["YL0101"], "BRANCH"), (await registered(world, tree))["id"]
    _, matched = await a_match(world, tree)
    before = await fingerprint(world)
    own = {"organizationId": organization(tree, "YL0101"), "name": "林小", "category": "FULL", "joinedOn": "2015"}
    refused = [
        (await world.call(branch, "registerMember", **own, citizenId=number(2), phone="12345"), "phone"),
        (
            await world.call(
                world.token(tree["YL01"]), "changeOfficer", organizationId=organization(tree, "YL01"), name="周敏",
                phone="0571-1", sinceOn="2026-11-01",
            ),
            "phone",
        ),
    ]  # fmt: skip
    for field in ("phone", "otherPhone", "inflowLeaderPhone"):
        said = {field: "17491234567、12"}
        refused += [
            (await world.call(branch, "registerDeparture", memberId=member, statement=said), field),
            (await world.call(branch, "amendStatement", liaisonId=matched, version=1, outflow=said), field),
        ]
    inflow = world.token(tree["BJ010101"], "BRANCH")
    for field in ("phone", "otherPhone"):
        said = {field: "没有号码"}
        there = {"organizationId": organization(tree, "BJ0101"), "name": "林小", "statement": said}
        refused += [
            (await world.call(world.token(tree["BJ0101"]), "registerArrival", **there), field),
            (await world.call(inflow, "amendStatement", liaisonId=matched, version=1, inflow=said), field),
        ]
    for answer, field in refused:
        assert (answer["code"], answer["field"]) == ("INVALID_INPUT", field)
    assert await fingerprint(world) == before


async def test_two_spellings_of_a_phone_number_are_one(world: World, tree: dict[str, Any]):
    await registered(world, tree, phone="＋86 174-9123-4567")
    found = await world.call(
        world.token(tree["YL01"]), "findByNumber", "... on FoundByNumber { members { phoneMasked } }",
        kind="PHONE", number="174 9123 4567", reason="核查",
    )  # fmt: skip
    assert found == {"members": [{"phoneMasked": "174******67"}]}


async def test_a_refusal_is_not_remembered(world: World, tree: dict[str, Any]):
    op = str(uuid4())
    wrong = await world.call(
        world.token(tree["YL0101"], "BRANCH"),
        "registerDeparture",
        opId=op,
        memberId=gid(TypeNumber.MEMBER, uuid4()),
        statement={},
    )
    assert wrong["code"] == "NOT_FOUND"
    assert "id" in await registered(world, tree, opId=op)


async def test_a_call_that_lost_a_race_is_tried_again(
    world: World, tree: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    from sqlalchemy.exc import DBAPIError

    from hub.domain import member

    register, tries = member.register, []

    class Deadlock(Exception):
        sqlstate = "40P01"

    async def unlucky(connection: Any, **given: Any) -> Any:
        outcome = await register(connection, **given)
        tries.append(1)
        if len(tries) < 3:
            raise DBAPIError("select", {}, Deadlock())
        return outcome

    monkeypatch.setattr(member, "register", unlucky)
    assert "id" in await registered(world, tree)
    assert len(tries) == 3
    monkeypatch.setattr(member, "register", always_unlucky := _always(Deadlock))
    answer = await world.answer(
        world.token(tree["YL0101"], "BRANCH"),
        """mutation($i: RegisterMemberInput!) { registerMember(input: $i) { __typename } }""",
        i={
            "opId": str(uuid4()), "organizationId": organization(tree, "YL0101"), "name": "x", "citizenId": number(7),
            "category": "FULL", "joinedOn": "2015",
        },
    )  # fmt: skip
    assert answer["errors"][0]["extensions"]["code"] == "UNEXPECTED"
    assert always_unlucky.calls == 4


def _always(error: type[Exception]) -> Any:
    from sqlalchemy.exc import DBAPIError

    async def unlucky(*_: Any, **__: Any) -> Any:
        unlucky.calls += 1
        raise DBAPIError("select", {}, error())

    unlucky.calls = 0
    return unlucky


MUTATIONS = sorted(SCHEMA.mutation_type.fields) if SCHEMA.mutation_type else []


# Of these one of several ids has to be there.
NAMED = {
    ("CorrectIdentityInput", "memberId"),
    ("AcknowledgeParticipationsInput", "participationIds"),
    ("GiveOpinionInput", "liaisonId"),
    ("RecordParticipationInput", "liaisonId"),
    ("ReportParticipationInput", "memberId"),
}


def an_input(kind: GraphQLInputObjectType, ids: dict[str, str]) -> dict[str, Any]:
    """The least that an input must hold."""
    made: dict[str, Any] = {}
    for name, field in kind.fields.items():
        if not isinstance(field.type, GraphQLNonNull):
            if (kind.name, name) in NAMED:
                made[name] = [ids["participationId"]] if name == "participationIds" else ids[name]
            continue
        bare = field.type.of_type
        if isinstance(bare, GraphQLList):
            made[name] = []
            continue
        if isinstance(bare, GraphQLInputObjectType):
            made[name] = an_input(bare, ids)
        elif bare.name == "ID":
            made[name] = ids[name]
        elif name == "field":
            made[name] = "phone"
        elif hasattr(bare, "values"):
            made[name] = next(iter(bare.values))
        else:
            made[name] = {
                "UUID": str(uuid4()), "Int": 1, "String": "x", "Date": "2026-11-01", "PartialDate": "2026-11", "YearMonth": "2026-11",
                "Boolean": False,
            }[bare.name]  # fmt: skip
    return made


def least(mutation: str, ids: dict[str, str]) -> dict[str, Any]:
    assert SCHEMA.mutation_type is not None
    kind = SCHEMA.mutation_type.fields[mutation].args["input"].type.of_type
    return an_input(kind, ids)


def ids_of(records: dict[str, Any]) -> dict[str, str]:
    return {
        "organizationId": gid(TypeNumber.ORGANIZATION, records["organization"]),
        "branchId": gid(TypeNumber.ORGANIZATION, records["organization"]),
        "inflowOrganizationId": gid(TypeNumber.ORGANIZATION, records["organization"]),
        "memberId": gid(TypeNumber.MEMBER, records["member"]),
        "liaisonId": gid(TypeNumber.LIAISON, records["departure"]),
        "candidateId": gid(TypeNumber.MATCH_CANDIDATE, records["match"]),
        "transferId": gid(TypeNumber.TRANSFER, records["transfer"]),
        "discrepancyId": gid(TypeNumber.DISCREPANCY, records["discrepancy"]),
        "importRunId": gid(TypeNumber.IMPORT_RUN, records["run"]),
        "taskId": gid(32, records["question"]),
        "activityId": gid(TypeNumber.ACTIVITY, records["activity"]),
        "participationId": gid(TypeNumber.PARTICIPATION, records["participation"]),
        "inquiryId": gid(TypeNumber.INQUIRY, records["inquiry"]),
        "exemptionId": gid(TypeNumber.EXEMPTION, records["exemption"]),
        "cardId": gid(TypeNumber.ACTIVITY_CARD, records["activity_card"]),
        "appraisalId": gid(TypeNumber.APPRAISAL, records["appraisal"]),
        "id": gid(TypeNumber.MEMBER, records["member"]),
    }


WITHOUT_IDS = {"findByNumber", "importLedger"}


@pytest.mark.parametrize("role", ["PARTNER", "MEMBER"])
async def test_partners_and_members_change_nothing(world: World, tree: dict[str, Any], role: str):
    await a_match(world, tree)
    async with world.hub.engine.connect() as connection:
        member = await connection.scalar(text("select id from member"))
    realm = str(tree["YL0101"]) if role == "PARTNER" else ""
    token = world.token(tree["YL0101"], role, member if role == "MEMBER" else None)
    before = await fingerprint(world)
    unknown = {name: gid(TypeNumber.MEMBER, uuid4(), realm) for name in ids_of(dict.fromkeys(RECORDS, uuid4()))}
    for mutation in MUTATIONS:
        if mutation == "importLedger":
            continue
        answer = await world.call(token, mutation, **least(mutation, unknown))
        expected = "NOT_FOUND" if role == "MEMBER" and mutation in FOR_MEMBERS else "NOT_ALLOWED"
        assert answer.get("code") == expected, (mutation, answer)
    assert await fingerprint(world) == before


LIFE = ("activity", "participation", "inquiry", "exemption", "activity_card", "appraisal")
RECORDS = ("organization", "member", "departure", "match", "transfer", "discrepancy", "run", "question", *LIFE)
# What members may do too: an unknown record is not found.
FOR_MEMBERS = {"revealField", "reportParticipation", "disputeParticipation", "correctParticipation"}


LIVES = (
    """insert into activity (id, organization_id, kind, held_on, recorded_at, recorded_by)
       values (gen_random_uuid(), :place, 'THEME_DAY', '2026-11-01', now(), 'x')""",
    """insert into participation (id, member_id, organization_id, source, kind, held_on, day, mode, attendance, state,
         recorded_at, recorded_by, amended_at, amended_by)
       select gen_random_uuid(), id, :home, 'SELF_REPORT', 'THEME_DAY', '2026-11-01', '2026-11-01', 'ON_SITE', 'PRESENT',
         'RECORDED', now(), 'x', now(), 'x' from member""",
    """insert into inquiry (id, member_id, outflow_organization_id, inflow_organization_id, from_on, to_on, due_on, asked_at,
         asked_by)
       select gen_random_uuid(), id, :home, :place, '2026-10-01', '2026-10-02', '2026-12-01', now(), 'x' from member""",
    """insert into exemption (id, member_id, organization_id, reason, starts_on, recorded_at, recorded_by)
       select gen_random_uuid(), id, :home, 'ILLNESS', '2026-10-01', now(), 'x' from member""",
    """insert into activity_card (id, number, issuer_id, organization_id, member_id, issued_on, recorded_at, recorded_by)
       select gen_random_uuid(), '1', :issuer, :home, id, '2026-10-01', now(), 'x' from member""",
    """insert into appraisal (id, member_id, organization_id, year, grade, decided_on, recorded_at, recorded_by)
       select gen_random_uuid(), id, :home, 2026, 'QUALIFIED', '2026-10-01', now(), 'x' from member""",
)


async def test_a_stranger_s_call_is_refused_alike_whether_or_not_the_record_exists(world: World, tree: dict[str, Any]):
    await a_match(world, tree)
    async with world.hub.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into discrepancy (id, match_id, field, pair_digest, owner, opened_at)"
                " select gen_random_uuid(), id, 'workUnit', 'x', 'INFLOW', now() from match"
            )
        )
        await connection.execute(
            text(
                "insert into question (id, kind, turn, organization_id, departure_id, due_on, asked_at)"
                " select gen_random_uuid(), 'STILL_AWAY', 'OUTFLOW', organization_id, id, '2026-12-01', now() from departure"
            )
        )
        await connection.execute(
            text(
                "insert into import_run (id, kind, state, organization_id, file_name, file_digest, created_at, created_by,"
                " expires_at) values (gen_random_uuid(), 'MEMBERS', 'PLANNED', :o, 'x', 'x', now(), 'x', now())"
            ),
            {"o": tree["YL0101"]},
        )
        for statement in LIVES:
            wanted = {"home": tree["YL0101"], "place": tree["BJ01"], "issuer": tree["YL"]}
            await connection.execute(text(statement), {k: v for k, v in wanted.items() if f":{k}" in statement})
        found = {
            name: await connection.scalar(text(f"select id from {table} limit 1"))
            for name, table in (
                ("member", "member"), ("departure", "departure"), ("match", "match"), ("discrepancy", "discrepancy"),
                ("run", "import_run"), ("question", "question"), *zip(LIFE, LIFE, strict=True),
            )
        }  # fmt: skip
    requested = await world.call(
        world.token(tree["YL0101"], "BRANCH"), "requestTransfer", "... on Transfer { id }",
        memberId=gid(TypeNumber.MEMBER, found["member"]), inflowOrganizationId=organization(tree, "BJ01"),
        appliedOn="2026-11-01", reason="x",
    )  # fmt: skip
    existing = ids_of({**found, "organization": tree["YL0101"], "transfer": uuid4()}) | {"transferId": requested["id"]}
    unknown = ids_of(dict.fromkeys(RECORDS, uuid4())) | {
        "organizationId": organization(tree, "YL0101"), "branchId": organization(tree, "YL0101"),
        "inflowOrganizationId": organization(tree, "BJ01"),
    }  # fmt: skip
    existing["inflowOrganizationId"] = unknown["inflowOrganizationId"]
    stranger = world.token(tree["YL02"])
    before = await fingerprint(world)
    for mutation in MUTATIONS:
        if mutation in WITHOUT_IDS:
            continue
        answers = []
        for ids in (existing, unknown):
            said = least(mutation, ids)
            if "citizenId" in said:
                said["citizenId"] = number(50)
            answers.append(await world.call(stranger, mutation, **said))
        assert answers[0] == answers[1], mutation
        assert answers[0]["code"] in ("NOT_FOUND", "NOT_ALLOWED"), mutation
    assert await fingerprint(world) == before
