"""Operations as people and partners write them: the answer, and the statements that it costs.

`NAME.graphql` begins with who asks (`# by BJ01 COMMITTEE`) and, if need be, with variables (`# with {…}`); the expected
answer is `NAME.json`, the statements are in `NAME.sql`. `make golden` writes both anew: read the difference.
"""

import json
import os
import re
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, text

from hub.domain import inbox
from tests import factories
from tests.factories import NOW, a_departure, a_liaison, a_member, a_tree, an_arrival
from tests.schema.conftest import World

FOLDER = Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.graphql"))
WRITE = os.environ.get("HUB_TEST_GOLDEN") == "write"


@pytest.fixture
def _the_same_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ids and the clock are part of the answers."""
    numbers = count(1)
    monkeypatch.setattr(factories, "uuid4", lambda: UUID(int=next(numbers)))
    for module in ("hub.resolvers.context", "hub.schema.server", "tests.schema.conftest"):
        monkeypatch.setattr(f"{module}.utc_now", lambda: NOW)


@pytest.fixture
async def filled(world: World, _the_same_each_time: None) -> dict[str, UUID]:
    """Two matched liaisons, one with a difference and a transfer; one that waits on each side; one question; what was attended."""
    async with world.hub.engine.begin() as connection:
        tree = await a_tree(connection)
        members = [
            await a_member(connection, tree["YL0101"], name=name, name_key=name, phone_masked="138******11")
            for name in ("林晓", "周明", "阿桑·木沙")
        ]
        statements: list[UUID] = []
        for member, branch in zip(members[:2], ("BJ010101", "BJ010201"), strict=True):
            statements += await a_liaison(connection, member, tree["YL0101"], tree["BJ01"], tree[branch])
        statements.append(await a_departure(connection, members[2], tree["YL0101"], work_unit="甲公司"))
        statements.append(await an_arrival(connection, tree["BJ01"], name="阿桑·木沙", arrived_on="2026-04"))
        await inbox.refresh(connection, statements)
        for statement in MORE:
            await connection.execute(
                text(statement),
                {"now": NOW, **tree, "member": members[0], "third": members[2], "arrival": statements[-1]},
            )
    return tree


MORE = (
    """insert into discrepancy (id, match_id, field, outflow_value, inflow_value, pair_digest, owner, due_on, opened_at)
       select '00000000-0000-0000-0000-00000000d001', id, 'workUnit', '甲公司', '乙公司', 'x', 'INFLOW', '2026-12-10',
              cast(:now as timestamptz) from match where member_id = :member""",
    """insert into match (id, member_id, arrival_id, asked_organization_id, basis, state, pair_digest, asked_on, due_on,
                          created_at)
       values ('00000000-0000-0000-0000-00000000a001', :third, :arrival, cast(:YL0101 as uuid), 'NAME_AND_BIRTH_DATE',
               'ASKED', 'x', '2026-11-20', '2026-12-05', cast(:now as timestamptz))""",
    """insert into transfer (id, state, member_id, outflow_organization_id, issuer_id, inflow_organization_id,
                             named_inflow_id, requested_side, due_on, applied_on, application_reason, created_at,
                             created_by, updated_at)
       values ('00000000-0000-0000-0000-00000000e001', 'LETTER_ISSUED', :member, cast(:YL0101 as uuid),
               cast(:YL01 as uuid), cast(:BJ01 as uuid), cast(:BJ01 as uuid), 'OUTFLOW', '2026-12-01', '2026-11-01',
               '定居', cast(:now as timestamptz), 'x', cast(:now as timestamptz))""",
    """insert into letter (id, transfer_id, issuer_id, year, number, state, issued_on, valid_days, expires_on, issued_at,
                           issued_by)
       values ('00000000-0000-0000-0000-00000000f001', '00000000-0000-0000-0000-00000000e001', cast(:YL01 as uuid), 2026,
               '0001', 'ISSUED', '2026-11-20', 30, '2026-12-20', cast(:now as timestamptz), 'x')""",
    """insert into transfer_step (transfer_id, number, kind, organization_id, at, by, note)
       values ('00000000-0000-0000-0000-00000000e001', 1, 'TRANSFER_REQUESTED', cast(:YL0101 as uuid),
               cast(:now as timestamptz), '王干事', '定居')""",
    """insert into activity (id, organization_id, kind, held_on, is_open_to_arrivals, recorded_at, recorded_by)
       select cast('00000000-0000-0000-0000-0000000010' || lpad(n::text, 2, '0') as uuid), cast(:BJ01 as uuid), 'THEME_DAY',
              '2026-1' || n || '-09', true, cast(:now as timestamptz), 'x' from generate_series(0, 1) n""",
    """insert into participation (id, activity_id, arrival_id, organization_id, source, kind, held_on, day, host_id, mode,
                                  attendance, hours, state, confirmed_at, recorded_at, recorded_by, amended_at, amended_by)
       select cast(replace(m.arrival_id::text, '00000000-0000', '00000000-' || right(a.id::text, 4)) as uuid), a.id,
              m.arrival_id, a.organization_id, 'ROLL_CALL', a.kind, a.held_on, cast(a.held_on as date), a.organization_id,
              'ON_SITE', 'PRESENT', 2, 'CONFIRMED', cast(:now as timestamptz), cast(:now as timestamptz), 'x',
              cast(:now as timestamptz), 'x'
         from activity a, match m where m.state = 'CONFIRMED'""",
)


@pytest.mark.parametrize("name", NAMES)
async def test_operation(world: World, filled: dict[str, UUID], name: str):
    document = (FOLDER / f"{name}.graphql").read_text()
    by = re.search(r"^# by (\w+) (\w+)$", document, re.MULTILINE)
    given = re.search(r"^# with (.*)$", document, re.MULTILINE)
    assert by, "say who asks"
    token = world.token(filled[by[1]], by[2])
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append("\n".join(line.rstrip() for line in statement.strip().splitlines() if line.strip()))

    # The first use of a connection asks the server for its settings; that is no part of the operation.
    await world.ask(token, "{ viewer { organization { id } } }")
    event.listen(world.hub.engine.sync_engine, "before_cursor_execute", note)
    answer = await world.answer(token, document, **(json.loads(given[1]) if given else {}))
    found = {
        "json": json.dumps(answer, ensure_ascii=False, indent=2) + "\n",
        "sql": f"-- {len(statements)} statements\n\n" + "\n\n".join(statements) + "\n",
    }
    for suffix, content in found.items():
        path = FOLDER / f"{name}.{suffix}"
        if WRITE:
            path.write_text(content)
        assert path.exists(), "make golden"
        assert content == path.read_text(), f"{path.name} differs: make golden, and read the difference"
