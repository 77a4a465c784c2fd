"""Every field that leads to a record is walked: a stranger finds nothing behind any of them."""

import dataclasses
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    execute,
    get_named_type,
    parse,
)
from sqlalchemy import text

from hub.auth import Claims, Role
from hub.domain import inbox, liaison, task
from hub.domain.evidence import Open, OpenKind
from hub.domain.visibility import row as visible_row
from hub.feed.item import Event
from hub.models import (
    Activity,
    ActivityCard,
    Aggregate,
    Appraisal,
    AppraisalOpinion,
    Arrival,
    Departure,
    Discrepancy,
    EventKind,
    Exemption,
    ImportRun,
    Inquiry,
    Match,
    Member,
    Participation,
    Question,
    Topic,
    Transfer,
)
from hub.resolvers.appraisal import AppraisalRecorded
from hub.resolvers.context import Context
from hub.resolvers.ledger import Entry
from hub.resolvers.node import TypeNumber
from hub.resolvers.viewer import asking
from hub.schema.server import schema
from tests.factories import a_liaison, a_member, a_tree, an_arrival
from tests.schema import conftest
from tests.schema.conftest import World, gid

# The directory is open to every token; what a page or an answer is made of is walked through its own fields.
OPEN = {"Organization"}
# Part of an object that the caller could only have by seeing it; each of these is an attribute of that very object.
PARTS = {
    "Discrepancy.proposal", "LedgerEntry.liaison", "Liaison.inflow", "Liaison.outflow", "Transfer.receipt",
    "ImportRun.report", "Organization.officer",
    # Read by the id of a transfer that was found visible.
    "Transfer.letter", "Transfer.steps",
    "ActivityCard.checks", "Participation.dispute", "ContactStatus.open", "RollCall.activity", "RollCall.outcomes",
    "Acknowledged.participations",
}  # fmt: skip


async def a_full_world(world: World) -> dict[str, Any]:
    """One of everything, all of it of YL01 and BJ01."""
    async with world.hub.engine.begin() as connection:
        tree = await a_tree(connection)
        member = await a_member(connection, tree["YL0101"])
        departure, arrival = await a_liaison(connection, member, tree["YL0101"], tree["BJ01"], tree["BJ010101"])
        lone = await an_arrival(connection, tree["BJ01"])
        for statement in (
            """insert into discrepancy (id, match_id, transfer_id, field, pair_digest, owner, opened_at)
               select gen_random_uuid(), id, null, 'workUnit', 'x', 'INFLOW', now() from match""",
            """insert into visit (id, departure_id, came_on, recorded_at, recorded_by)
               values (gen_random_uuid(), :departure, '2026-10-01', now(), 'x')""",
            """insert into transfer (id, member_id, outflow_organization_id, issuer_id, inflow_organization_id,
                 named_inflow_id, requested_side, applied_on, application_reason, created_at, created_by, updated_at)
               values (gen_random_uuid(), :member, :YL0101, :YL01, :BJ01, :BJ01, 'OUTFLOW', '2026-11-01', 'x', now(), 'x', now())""",
            """insert into question (id, kind, turn, organization_id, departure_id, due_on, asked_at)
               values (gen_random_uuid(), 'STILL_AWAY', 'OUTFLOW', :YL0101, :departure, '2026-12-01', now())""",
            """insert into import_run (id, kind, state, organization_id, file_name, file_digest, created_at, created_by,
                 expires_at, errors_sealed)
               values (gen_random_uuid(), 'MEMBERS', 'PLANNED', :YL0101, 'x', 'x', now(), 'x', now(), 'x')""",
            """insert into activity (id, organization_id, kind, held_on, is_open_to_arrivals, recorded_at, recorded_by)
               values (gen_random_uuid(), :BJ01, 'THEME_DAY', '2026-11-09', true, now(), 'x')""",
            """insert into participation (id, version, activity_id, arrival_id, organization_id, source, kind, held_on, day,
                 host_id, mode, attendance, state, confirmed_at, recorded_at, recorded_by, amended_at, amended_by)
               select gen_random_uuid(), 2, id, :arrival, :BJ01, 'ROLL_CALL', kind, held_on, '2026-11-09', :BJ01, 'ON_SITE',
                 'PRESENT', 'CONFIRMED', now(), now(), 'x', now(), 'x' from activity""",
            """insert into participation_history select * from participation""",
            """update participation_history set version = 1""",
            """insert into participation (id, member_id, organization_id, source, kind, held_on, day, mode, attendance, state,
                 twin_id, recorded_at, recorded_by, amended_at, amended_by)
               select gen_random_uuid(), :member, :YL0101, 'SELF_REPORT', kind, held_on, day, 'ON_SITE', 'LATE', 'RECORDED',
                 id, now(), 'x', now(), 'x' from participation""",
            """update participation set dispute_state = 'DISPUTED', dispute_due_on = '2026-12-10'""",
            """update discrepancy set participation_id = (select id from participation where twin_id is null)""",
            """insert into inquiry (id, member_id, arrival_id, outflow_organization_id, inflow_organization_id, from_on, to_on,
                 due_on, asked_at, asked_by)
               values (gen_random_uuid(), :member, :arrival, :YL0101, :BJ010101, '2026-10-01', '2026-11-20', '2026-12-01',
                 now(), 'x')""",
            """insert into inquiry_record select i.id, p.id from inquiry i, participation p where p.twin_id is null""",
            """insert into exemption (id, member_id, organization_id, reason, starts_on, recorded_at, recorded_by)
               values (gen_random_uuid(), :member, :YL0101, 'ILLNESS', '2026-10-01', now(), 'x')""",
            """insert into activity_card (id, number, issuer_id, organization_id, member_id, issued_on, recorded_at, recorded_by)
               values (gen_random_uuid(), '2', :YL, :YL0101, :member, '2026-10-01', now(), 'x')""",
            """insert into activity_card (id, number, issuer_id, organization_id, member_id, state, issued_on, replaced_by_id,
                 recorded_at, recorded_by)
               select gen_random_uuid(), '1', :YL, :YL0101, :member, 'REPLACED', '2026-03-01', id, now(), 'x' from activity_card""",
            """insert into card_check (card_id, year, organization_id, checked_on, recorded_at, recorded_by)
               select id, 2026, :YL0101, '2026-11-01', now(), 'x' from activity_card""",
            """insert into appraisal (id, member_id, organization_id, year, grade, decided_on, recorded_at, recorded_by)
               values (gen_random_uuid(), :member, :YL0101, 2026, 'QUALIFIED', '2026-11-01', now(), 'x')""",
            """insert into appraisal_opinion (id, arrival_id, organization_id, year, opinion, given_on, recorded_at, recorded_by)
               values (gen_random_uuid(), :arrival, :BJ01, 2026, 'x', '2026-11-01', now(), 'x')""",
        ):
            wanted = {"arrival": arrival, "departure": departure, "member": member, **tree}
            await connection.execute(text(statement), {k: v for k, v in wanted.items() if f":{k}" in statement})
        await inbox.refresh(connection, [departure, arrival, lone])
        ids: dict[str, Any] = {
            name: await connection.scalar(text(f"select id from {name}"))
            for name in (
                "match",
                "discrepancy",
                "transfer",
                "question",
                "import_run",
                "activity",
                "inquiry",
                "exemption",
                "appraisal",
                "appraisal_opinion",
            )
        }
        ids["card"] = await connection.scalar(text("select id from activity_card where replaced_by_id is not null"))
        ids["participation"] = await connection.scalar(text("select id from participation where twin_id is null"))
    return {**tree, **ids, "member": member, "departure": departure, "arrival": arrival, "lone": lone}


def a_context(world: World, organization: UUID, role: str = "COMMITTEE", member: UUID | None = None) -> Context:
    return Context(world.hub, Claims("x", organization, Role(role), member, "test", conftest.utc_now()))


async def objects(world: World, found: dict[str, Any]) -> dict[str, Any]:
    """One object of each type, as its owner sees it."""
    owner = a_context(world, found["YL01"])
    async with owner.reading() as connection:
        rows = {
            name: await visible_row(connection, owner.viewer, model, found[key])
            for name, model, key in (
                ("Member", Member, "member"), ("OutflowStatement", Departure, "departure"),
                ("InflowStatement", Arrival, "arrival"), ("MatchCandidate", Match, "match"),
                ("Discrepancy", Discrepancy, "discrepancy"), ("Transfer", Transfer, "transfer"),
                ("ImportRun", ImportRun, "import_run"), ("Question", Question, "question"),
                ("Activity", Activity, "activity"), ("Participation", Participation, "participation"),
                ("Inquiry", Inquiry, "inquiry"), ("Exemption", Exemption, "exemption"),
                ("ActivityCard", ActivityCard, "card"), ("Appraisal", Appraisal, "appraisal"),
                ("AppraisalOpinion", AppraisalOpinion, "appraisal_opinion"),
            )
        }  # fmt: skip
        of = (await liaison.of_departures(connection, owner.viewer, [found["departure"]]))[found["departure"]]
        (first, *_) = await task.page(connection, owner.viewer, now=owner.now, organization=found["YL01"])
    await owner.forget()
    event = Event(
        "c", 1, None, Topic.LIAISON, EventKind.DEPARTURE_REGISTERED, Aggregate.OUTFLOW_STATEMENT, found["departure"], 1,
        None, owner.now, owner.now, found["YL0101"], found["departure"], found["arrival"], found["transfer"],
    )  # fmt: skip
    owned = asking(a_context(world, found["YL0101"], "MEMBER", found["member"]))
    return {
        **rows, "Liaison": of, "Task": first, "Event": event, "Viewer": owned,
        "EventOfParticipation": dataclasses.replace(
            event, aggregate=Aggregate.PARTICIPATION, aggregate_id=found["participation"]
        ),
        "EventOfActivity": dataclasses.replace(event, aggregate=Aggregate.ACTIVITY, aggregate_id=found["activity"]),
        "EventOfInquiry": dataclasses.replace(event, aggregate=Aggregate.INQUIRY, aggregate_id=found["inquiry"]),
        "OpenEvidence": Open(found["member"], OpenKind.INQUIRY, found["inquiry"], None),
        "AppraisalRecorded": AppraisalRecorded(found["appraisal"], None),
        "ParticipationSummary": SimpleNamespace(member_id=found["member"]),
        "LedgerEntry": Entry(of, of.member_id, owner.now.date(), overdue=False),
    }  # fmt: skip


def leads_to_records(kind: Any) -> bool:
    named = get_named_type(kind)
    if isinstance(named, GraphQLUnionType):
        return any(map(leads_to_records, named.types))
    return isinstance(named, GraphQLObjectType | GraphQLInterfaceType) and named.name not in OPEN


async def test_no_relation_shows_a_stranger_anything(world: World):
    found = await a_full_world(world)
    seen = await objects(world, found)
    assert all(value is not None for value in seen.values())
    served = schema()._schema
    walked, bare = 0, []
    for name, kind in served.type_map.items():
        if (
            not isinstance(kind, GraphQLObjectType)
            or name.startswith("__")
            or name in ("Query", "Mutation", "Subscription")
        ):
            continue
        for field, definition in kind.fields.items():
            if not leads_to_records(definition.type) or f"{name}.{field}" in PARTS:
                continue
            if name.endswith(("Connection", "Edge", "Page")) or name in ("FoundByNumber", "ImportReport"):
                continue
            if name not in seen:
                bare.append(f"{name}.{field}")
                continue
            # The type stands as a root of its own, so that its field is resolved as ever, on an object that this
            # stranger could not have got.
            alone = GraphQLSchema(query=kind, types=list(served.type_map.values()))
            of = seen[ABOUT.get(f"{name}.{field}", name)]
            query = parse(f"{{ {field}{WITH_ARGUMENTS.get(f'{name}.{field}', '')} {{ __typename }} }}")
            for context in (a_context(world, found["YL02"]), a_context(world, found["BJ02"], "PARTNER")):
                answer = execute(alone, query, of, context_value=context)
                result: Any = answer if not hasattr(answer, "__await__") else await answer
                await context.forget()
                assert result.errors is None, (name, field, result.errors)
                assert not result.data[field], f"{name}.{field} shows {result.data[field]}"
            # And it is there for those who may see it: an empty field would prove nothing.
            owner = a_context(world, found["YL01"])
            answer = execute(alone, query, of, context_value=owner)
            result = answer if not hasattr(answer, "__await__") else await answer
            await owner.forget()
            assert result.data[field] or f"{name}.{field}" in EMPTY, f"{name}.{field} is empty for its owner too"
            walked += 1
    assert bare == []
    assert walked == WALKED


# Empty in this world, of one departure that goes on and one difference of a liaison.
EMPTY = {"Liaison.next", "Discrepancy.transfer"}
WALKED = 47
WITH_ARGUMENTS = {"Member.summary": "(year: 2026, quarter: 4)"}
# An event is about one record; each of these is walked on one that is about its kind.
ABOUT = {
    "Event.participation": "EventOfParticipation",
    "Event.activity": "EventOfActivity",
    "Event.inquiry": "EventOfInquiry",
}

ROOTS = {
    "activities": "activities(openToArrivals: true) { edges { node { id } } }",
    "activityCards": "activityCards { edges { node { id } } }",
    "appraisals": "appraisals { edges { node { id } } }",
    "arrivals": "arrivals { edges { node { id } } }",
    "departures": "departures { edges { node { id } } }",
    "discrepancies": "discrepancies { edges { node { id } } }",
    "events": "events { items { __typename } }",
    "exemptions": "exemptions { edges { node { id } } }",
    "importRun": "importRun(id: $run) { id }",
    "inquiries": "inquiries { edges { node { id } } }",
    "ledger": "ledger(organization: $organization) { edges { node { overdue } } }",
    "liaison": "liaison(id: $liaison) { id }",
    "matchCandidates": "matchCandidates(states: [ASKED, CONFIRMED]) { edges { node { id } } }",
    "member": "member(id: $member) { id }",
    "node": "node(id: $member) { id }",
    "participationSummaries": "participationSummaries(organization: $organization, year: 2026) { edges { node { since } } }",
    "participations": "participations { edges { node { id } } }",
    "tasks": "tasks { edges { node { id } } }",
    "transfer": "transfer(id: $transfer) { id }",
    "transfers": "transfers { edges { node { id } } }",
}
OPEN_ROOTS = {"organization", "organizations", "viewer"}


async def test_no_root_shows_a_stranger_anything(world: World):
    found = await a_full_world(world)
    query_type = schema()._schema.query_type
    assert query_type is not None
    assert set(query_type.fields) == {*ROOTS, *OPEN_ROOTS}, "a new root needs its line here"
    async with world.hub.engine.begin() as connection:
        await connection.execute(text("update match set state = 'CONFIRMED'"))
    head = "query($member: ID!, $liaison: ID!, $transfer: ID!, $run: ID!, $organization: ID!)"
    query = f"{head} {{ {' '.join(f'{name}: {root}' for name, root in ROOTS.items())} }}"
    variables = {
        "member": gid(TypeNumber.MEMBER, found["member"]), "liaison": gid(TypeNumber.LIAISON, found["departure"]),
        "transfer": gid(TypeNumber.TRANSFER, found["transfer"]), "run": gid(TypeNumber.IMPORT_RUN, found["import_run"]),
        "organization": gid(TypeNumber.ORGANIZATION, found["YL0101"]),
    }  # fmt: skip
    async with world.hub.engine.begin() as connection:
        other = await a_member(connection, found["YL0101"])
    for token in (
        world.token(found["YL02"]),
        world.token(found["BJ02"], "DEPARTMENT"),
        world.token(found["YL02"], "PARTNER"),
        world.token(found["YL0101"], "MEMBER", other),
    ):
        data = await world.ask(token, query, **variables)
        for name, value in data.items():
            assert value is None or not next(iter(value.values())), f"{name} shows {value}"
    owner = await world.ask(world.token(found["YL01"]), query, **variables)
    empty = [name for name, value in owner.items() if value is None or not next(iter(value.values()))]
    # On its own side there are no arrivals, and nothing was written by the ways that make events.
    assert empty == ["arrivals", "events"]
    assert len((await world.ask(world.token(found["BJ01"]), query, **variables))["arrivals"]["edges"]) == 2
