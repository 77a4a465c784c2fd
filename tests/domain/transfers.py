"""A transfer as tests drive it: who takes which step, and what must stay as it was when a step is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.domain import transfer
from hub.domain.dates import today
from hub.domain.outcome import Changed
from hub.domain.viewer import Role
from tests.factories import NOW, a_member, a_tree, a_viewer, everything, kinds

TODAY = today(NOW)
CHECKLIST = ("phoned_on", "unit_looked_up_on", "talked_on")
REASONED = ("return_", "refuse", "withdraw", "reject")


@dataclass
class Case:
    """One member's transfer from YL0101 (letters by YL01) to BJ010101 (accepted by BJ01)."""

    database: AsyncEngine
    ids: dict[str, UUID]
    member: UUID
    now: datetime = NOW
    transfer: UUID | None = None
    role: Role = field(default=Role.COMMITTEE)

    def __getitem__(self, code: str) -> UUID:
        return self.ids[code]

    async def request(self, who: str = "YL0101", to: str = "BJ010101", **more: Any) -> Changed:
        said = {"applied_on": today(self.now), "reason": "长期在滨江工作", **more}
        async with self.database.begin() as connection:
            changed = await transfer.request(
                connection,
                viewer=a_viewer(self.ids[who], self.role, self.member),
                now=self.now,
                member_id=self.member,
                inflow_organization_id=self.ids[to],
                **said,
            )
        self.transfer = changed.id
        return changed

    async def step(self, name: str, who: str, **said: Any) -> Changed:
        """Take a step at the present version, with what it needs filled in."""
        if name in REASONED:
            said = {"reason": "FILE_INCOMPLETE", **said}
            said["reason"] = transfer.ReasonCode(said["reason"]) if said["reason"] else None
        if name == "reissue_letter":
            said = {"reason": "遗失", **said}
        if name == "accept":
            on = said.setdefault("accepted_on", today(self.now))
            said = {"branch_id": self.ids["BJ010101"], **dict.fromkeys(CHECKLIST, on), **said}
        if name == "record_national_system_date":
            said = {"on": today(self.now), **said}
        version = said.pop("version", None) or (await self.row())["version"]
        async with self.database.begin() as connection:
            return await getattr(transfer, name)(
                connection,
                viewer=a_viewer(self.ids[who], self.role, self.member),
                now=self.now,
                transfer_id=self.transfer,
                version=version,
                **said,
            )

    async def steps(self, *names: str) -> None:
        """Take the usual steps by those who usually take them."""
        usual = {"confirm": "YL0101", "approve": "YL01", "close": "YL01"}
        for name in names:
            await (self.request() if name == "request" else self.step(name, usual.get(name, "BJ01")))

    async def refused(self, refusal: type[Exception], name: str, who: str, **said: Any) -> Any:
        """Take a step that is refused, and see that nothing happened."""
        before = await self.all()
        with pytest.raises(refusal) as raised:
            await (self.request(who, **said) if name == "request" else self.step(name, who, **said))
        assert type(raised.value) is refusal, raised.value
        assert await self.all() == before
        return raised.value

    async def all(self) -> dict[str, str]:
        async with self.database.connect() as connection:
            return await everything(connection)

    async def row(self) -> dict[str, Any]:
        return dict((await self.rows("select * from transfer where id = :id"))[0])

    async def state(self) -> str:
        return str((await self.row())["state"])

    async def rows(self, statement: str, **values: Any) -> list[Any]:
        async with self.database.connect() as connection:
            found = await connection.execute(text(statement), {"id": self.transfer, "member": self.member, **values})
            return list(found.mappings())

    async def one(self, statement: str) -> Any:
        return next(iter((await self.rows(statement))[0].values()))

    async def holder(self) -> str:
        return str(
            await self.one(
                "select o.code from affiliation a join organization o on o.id = a.organization_id"
                " where a.member_id = :member and a.ends is null and a.superseded_at = 'infinity'"
            )
        )

    async def events(self) -> list[str]:
        assert self.transfer is not None
        async with self.database.connect() as connection:
            return await kinds(connection, self.transfer)

    def wait(self, days: int) -> None:
        self.now += timedelta(days=days)

    @property
    def today(self) -> date:
        return today(self.now)


async def a_case(database: AsyncEngine, branch: str = "YL0101", **member: Any) -> Case:
    async with database.begin() as connection:
        ids = await a_tree(connection)
        return Case(database, ids, await a_member(connection, ids[branch], **member))
