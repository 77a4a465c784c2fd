"""Whatever people do, in whatever order: the invariants hold (domain 12A)."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from hub.database.engine import create_engine
from hub.domain import affiliation, letter, membership
from hub.errors import Refused
from hub.models import DecisionKind
from tests.conftest import database_url, on_server
from tests.domain.transfers import Case
from tests.factories import a_member, a_tree, a_viewer

BRANCHES = ("YL0101", "YL0102", "BJ010101", "BJ0201")
WHO = ("YL0101", "YL01", "YL", "BJ01", "BJ0101", "BJ02", "BJ")
STEPS = (
    "confirm", "approve", "accept", "return_receipt", "close", "return_", "refuse", "withdraw", "reissue_letter", "reject",
)  # fmt: skip
ASIDE = (
    ("refuse", "YL01"), ("withdraw", "YL01"), ("reissue_letter", "YL01"), ("return_", "BJ01"), ("reject", "BJ01"),
)  # fmt: skip
NEXT = ("next", None)
# One walk through all that ends a transfer without moving anybody, and then to the end.
ROUNDABOUT = [
    *[NEXT] * 2, ("refuse", "YL01"), *[NEXT] * 3, ("reject", "BJ01"), *[NEXT] * 3, ("return_", "BJ01"), *[NEXT] * 2,
    ("wait", 40), ("expire", None), ("expire", None), ("reissue_letter", "YL01"), ("withdraw", "YL01"), ("wait", 40),
    ("withdraw", "YL01"), ("move", "YL0102"), ("wait", 1), ("move", "YL0101"), ("wait", 1), *[NEXT] * 3,
    ("decide", "SUSPENDED"), *[NEXT] * 3, ("wait", 1), ("decide", "SUSPENDED"), ("wait", 10), ("decide", "RESTORED"),
    ("wait", 1), ("decide", "DECEASED"),
]  # fmt: skip
ACTIONS = st.one_of(
    *[st.just(NEXT)] * 8,  # the usual way, so that walks get far
    *[st.sampled_from(ASIDE)] * 4,
    st.tuples(st.sampled_from(STEPS), st.sampled_from(WHO)),
    st.tuples(
        st.just("request"), st.tuples(st.sampled_from(WHO), st.sampled_from(("BJ010101", "BJ02", "YL0102", "YL0201")))
    ),
    st.tuples(st.just("wait"), st.sampled_from([1, 10, 40])),
    st.tuples(st.just("expire"), st.none()),
    st.tuples(st.just("move"), st.sampled_from(BRANCHES)),
    st.tuples(st.just("decide"), st.sampled_from([*DecisionKind, *[DecisionKind.RESTORED] * 6])),
)
LINKS = text(
    "select organization_id, starts, ends, ended_by from affiliation"
    " where member_id = :member and superseded_at = 'infinity' order by starts"
)


@pytest.fixture
async def address(server, template):
    name = f"walk_{template}"
    await on_server(server, f'create database "{name}" template "{template}"')
    yield database_url(server, name)
    await on_server(server, f'drop database "{name}" with (force)')


def test_walk(address):
    with asyncio.Runner() as runner:
        engine = create_engine(address)
        ids = runner.run(grow(engine))

        @settings(
            max_examples=25,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )
        @given(st.lists(ACTIONS, min_size=12, max_size=25), st.sampled_from(["FULL", "PROBATIONARY"]))
        @example(ROUNDABOUT, "FULL")
        def walk(actions, category):
            runner.run(walked(engine, ids, actions, category))

        walk()
        # The walks got somewhere: every way to end a transfer, and most steps between.
        taken = set(runner.run(column(engine, "select distinct kind from transfer_step")))
        assert taken >= {"TRANSFER_CLOSED", "TRANSFER_REFUSED", "TRANSFER_WITHDRAWN", "TRANSFER_REJECTED"}
        assert taken >= {"TRANSFER_RETURNED", "WITHDRAWAL_ASKED", "LETTER_REISSUED", "LETTER_EXPIRED"}
        runner.run(engine.dispose())


async def grow(engine):
    async with engine.begin() as connection:
        return await a_tree(connection)


async def column(engine, statement, **values):
    async with engine.connect() as connection:
        return list((await connection.execute(text(statement), values)).scalars())


async def walked(engine, ids, actions, category):
    async with engine.begin() as connection:
        member = await a_member(connection, ids["YL0101"], joined_on="2026-01-10", category=category)
    case = Case(engine, ids, member)
    before = await snapshot(case)
    for name, how in actions:
        try:
            await act(case, name, how)
        except Refused:
            assert await snapshot(case) == before, (name, how)
        after = await snapshot(case)
        await holds(case, name, before, after)
        before = after


async def act(case, name, how):
    if name == "wait":
        case.wait(how)
    elif name == "request":
        await case.request(how[0], to=how[1])
    elif name == "expire":
        async with case.database.begin() as connection:
            await letter.expire(connection, now=case.now)
    elif name == "move":
        viewer = a_viewer(case["YL" if how.startswith("YL") else "BJ"])
        async with case.database.begin() as connection:
            await affiliation.move_branch(
                connection, viewer=viewer, now=case.now, member_id=case.member, branch_id=case[how], moved_on=case.today
            )
    elif name == "decide":
        link = (await chain(case))[-1]
        until = case.today + timedelta(days=200) if how == "PROBATION_EXTENDED" else None
        async with case.database.begin() as connection:
            await membership.record_decision(
                connection, viewer=a_viewer(link["organization_id"]), now=case.now, member_id=case.member,
                kind=DecisionKind(how), decided_on=case.today, decided_by="支部大会", until_on=until,
            )  # fmt: skip
    elif name == "next":
        await usual(case)
    elif case.transfer:
        await case.step(name, how)


async def usual(case):
    state = await case.state() if case.transfer else "CLOSED"
    following = {
        "REQUESTED": "confirm", "RETURNED": "confirm", "CONFIRMED": "approve", "LETTER_ISSUED": "accept",
        "RELEASED": "return_receipt", "RECEIPTED": "close",
    }  # fmt: skip
    await case.steps(following.get(state, "request"))


async def chain(case):
    async with case.database.connect() as connection:
        return list((await connection.execute(LINKS, {"member": case.member})).mappings())


async def snapshot(case):
    transfers = await case.rows("select * from transfer where member_id = :member order by id")
    return {
        "member": await case.rows("select * from member where id = :member"),
        "links": await chain(case),
        "transfers": transfers,
        "steps": await case.rows(
            "select s.* from transfer_step s join transfer t on t.id = s.transfer_id where t.member_id = :member"
            " order by 1, 2"
        ),
        "letters": await case.rows(
            "select l.* from letter l join transfer t on t.id = l.transfer_id where t.member_id = :member order by 1"
        ),
        "events": await case.rows("select * from outbox where member_id = :member order by id"),
    }


async def holds(case, name, before, after):
    (member,) = after["member"]
    links = after["links"]
    # Exactly one affiliation at each instant while membership is in force, none otherwise.
    for link, following in pairwise(links):
        skipped = link["ended_by"] is not None and link["ends"] <= following["starts"]
        assert skipped or link["ends"] == following["starts"]
    assert (links[-1]["ends"] is None) == (member["standing"] == "IN_FORCE")
    # The affiliation moves only with a release, a move within a committee, or a decision.
    released = len([s for s in after["steps"] if s["kind"] == "TRANSFER_RELEASED"])
    moved = len([e for e in after["events"] if e["kind"] == "BRANCH_MOVED"])
    resumed = len([e for e in after["events"] if e["kind"] == "MEMBERSHIP_DECIDED"])
    assert len(links) - 1 <= released + moved + resumed
    assert released == len([t for t in after["transfers"] if t["accepted_on"]])
    finished = {"CLOSED", "REFUSED", "REJECTED", "WITHDRAWN"}
    assert len([t for t in after["transfers"] if t["state"] not in finished]) <= 1
    for transfer in after["transfers"]:
        assert transfer["issuer_id"] != transfer["inflow_organization_id"]
        letters = [one for one in after["letters"] if one["transfer_id"] == transfer["id"]]
        assert len([one for one in letters if one["state"] == "ISSUED"]) <= 1
        assert len([one for one in letters if one["state"] == "USED"]) == bool(transfer["accepted_on"])
        assert not letters or transfer["dues_paid_through"]
        kinds = [s["kind"] for s in after["steps"] if s["transfer_id"] == transfer["id"]]
        assert kinds.count("RECEIPT_RETURNED") <= 1
        events = [e for e in after["events"] if e["aggregate_id"] == transfer["id"]]
        told = [e["kind"] for e in events if not e["kind"].endswith("SHARED")]
        assert kinds == told
        versions = [e["aggregate_version"] for e in events]
        assert versions == sorted(versions)
        assert set(versions) == set(range(1, transfer["version"] + 1))
    numbers = [(one["issuer_id"], one["year"], one["number"]) for one in after["letters"]]
    assert len(numbers) == len(set(numbers))
    assert all(one["expires_on"] - one["issued_on"] <= timedelta(days=90) for one in after["letters"])
    # Dates of membership change by decisions only.
    if name != "decide":
        same = ("category", "standing", "joined_on", "full_member_on")
        assert [member[one] for one in same] == [before["member"][0][one] for one in same]
