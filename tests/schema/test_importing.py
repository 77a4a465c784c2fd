"""A ledger by GraphQL: planned, shown, applied or given up; the refused rows are fetched once."""

import asyncio
import json
from typing import Any
from uuid import uuid4

from tests.factories import a_tree
from tests.schema.conftest import World

RUN = """id kind state done total planDigest errorsFile
    report { rows accepted new errors { row field code message } warnings { code } differences { field } }"""
GOOD = "330182199003073210"


def ledger(*rows: str) -> bytes:
    from hub.domain.identity import check_digit

    good = GOOD[:17] + check_digit(GOOD[:17])
    lines = ["姓名,身份证号,党支部,入党时间,党员类别", f"林晓,{good},YL0101,2015.06,正式党员", *rows]
    return "\n".join(lines).encode()


async def upload(world: World, token: str, content: bytes, op: str | None = None) -> Any:
    query = f"mutation($input: ImportLedgerInput!) {{ importLedger(input: $input) {{ ... on Refusal {{ code message }} ... on ImportRun {{ {RUN} }} }} }}"
    variables = {"input": {"opId": op or str(uuid4()), "file": None, "kind": "MEMBERS"}}
    async with world.client(token) as client:
        response = await client.post(
            "/graphql",
            data={
                "operations": json.dumps({"query": query, "variables": variables}),
                "map": '{"0": ["variables.input.file"]}',
            },
            files={"0": ("members.csv", content, "text/csv")},
        )
    answer = response.json()
    assert "errors" not in answer, answer
    return answer["data"]["importLedger"]


async def test_planned_then_applied(world: World):
    async with world.hub.engine.begin() as connection:
        tree = await a_tree(connection)
    token = world.token(tree["YL01"])
    op = str(uuid4())
    content = ledger("周明,330182199003071234,YL0101,2015.06,正式党员")
    planned = await upload(world, token, content, op)
    assert (planned["state"], planned["report"]["rows"], planned["report"]["accepted"]) == ("PLANNED", 2, 1)
    assert [e["code"] for e in planned["report"]["errors"]] == ["IDENTITY_CHECKSUM"]
    again = await upload(world, token, content, op)
    assert again["id"] == planned["id"]
    other = await upload(world, token, ledger(), op)
    assert other["code"] == "OP_ID_REUSED"
    stranger = world.token(tree["BJ01"])
    asked = {"importRunId": planned["id"], "planDigest": planned["planDigest"]}
    assert (await world.call(stranger, "applyImport", **asked))["code"] == "NOT_FOUND"
    assert (await world.call(token, "applyImport", **{**asked, "planDigest": "x"}))["code"] == "CHANGED_SINCE_PLAN"
    begun = await world.call(token, "applyImport", "... on ImportRun { id state }", **asked)
    assert begun["id"] == planned["id"]
    query = f"query($id: ID!) {{ importRun(id: $id) {{ {RUN} }} }}"
    async with asyncio.timeout(20):
        while (run := (await world.ask(token, query, id=planned["id"]))["importRun"])["state"] != "DONE":
            assert run["state"] in ("PLANNED", "RUNNING")
            await asyncio.sleep(0.05)
    assert run["report"]["new"] == 1
    assert (await world.ask(stranger, query, id=planned["id"]))["importRun"] is None
    async with world.client(stranger) as client:
        assert (await client.get(run["errorsFile"])).status_code == 404
    async with world.client() as client:
        assert (await client.get(run["errorsFile"])).status_code == 401
    async with world.client(token) as client:
        assert (await client.get("/errors-files/x")).status_code == 404
        file = await client.get(run["errorsFile"])
        assert file.status_code == 200
        assert file.content[:2] == b"PK"
        assert (await client.get(run["errorsFile"])).status_code == 404
    assert (await world.ask(token, query, id=planned["id"]))["importRun"]["errorsFile"] is None
    await world.hub.behind.end()


async def test_what_cannot_be_read_and_what_is_given_up(world: World):
    async with world.hub.engine.begin() as connection:
        tree = await a_tree(connection)
    token = world.token(tree["YL01"])
    unreadable = await upload(world, token, b"\x00\x01\x02")
    assert unreadable["code"] == "UNREADABLE_FILE"
    planned = await upload(world, token, ledger())
    cancelled = await world.call(token, "cancelImport", "... on ImportRun { state }", importRunId=planned["id"])
    assert cancelled == {"state": "CANCELLED"}
    late = await world.call(token, "applyImport", importRunId=planned["id"], planDigest=planned["planDigest"])
    assert late["code"] == "WRONG_STATE"
    partner = await upload(world, world.token(tree["YL01"], "PARTNER"), ledger())
    assert partner["code"] == "NOT_ALLOWED"
