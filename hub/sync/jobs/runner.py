"""Running periodic duties: one row per job says when it is due, and whoever finds it due leases it.

A job takes nothing but its name: it reads the present state, and run twice it changes nothing. So a ring and a lease
need not be exact: a job may run once too often, never once too few. A worker that is killed stops renewing its lease,
and another takes the job over; starts are counted when a job begins, so that one that kills its worker is held.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from traceback import extract_tb

import structlog
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.database.engine import transaction
from hub.domain.dates import SHANGHAI, utc_now
from hub.feed.bell import OUT_OF_REACH
from hub.logs import describe

MOST_STARTS = 5
"""So many starts without an end, and the job is held until somebody releases it."""
_RETRY = timedelta(minutes=5)
_log = structlog.get_logger("hub")

_PLAN = text("insert into job (name, due_at) values (:name, :due_at) on conflict (name) do nothing")
_CLAIM = text(
    """
    update job set leased_until = now() + :lease, starts = starts + 1
     where name = (select name from job
                    where name = any (:names) and (due_at <= now() or name = any (:rung))
                      and (leased_until is null or leased_until <= now()) and starts < :most
                    order by due_at limit 1 for update skip locked)
    returning name, starts, leased_until
    """
)
# The end of a lease is also the proof of holding it: it is another one after each renewal and each take-over.
_RENEW = text(
    """
    update job set leased_until = now() + :lease where name = :name and leased_until = :leased_until
    returning leased_until
    """
)
_FINISH = text(
    """
    update job set due_at = :due_at, leased_until = null, starts = 0, failed = cast(:failed as text),
           finished_at = case when cast(:failed as text) is null then now() else finished_at end
     where name = :name and leased_until = :leased_until
    """
)
_GIVE_BACK = text(
    """
    update job set leased_until = null, starts = starts - 1 where name = :name and leased_until = :leased_until
    """
)
_HELD = text("select name from job where starts >= :most and leased_until <= now() order by name")
_RELEASE = text("update job set starts = 0, leased_until = null, due_at = now() where name = :name and starts >= :most")


@dataclass(frozen=True, slots=True)
class Job:
    """A duty. `every`: how long after its end it is due again, or the time of day in Asia/Shanghai."""

    name: str
    every: timedelta | time
    run: Callable[[AsyncEngine, datetime], Awaitable[object]]

    def due_after(self, now: datetime) -> datetime:
        """Return when the job is due again. Intervals vary by a tenth, so that jobs do not fall into step."""
        if isinstance(self.every, timedelta):
            return now + self.every * random.uniform(1, 1.1)  # noqa: S311 — spreads load, guards nothing
        local = now.astimezone(SHANGHAI)
        due = datetime.combine(local.date(), self.every, SHANGHAI)
        return due if due > local else due + timedelta(days=1)


async def held(connection: AsyncConnection) -> list[str]:
    """Return the jobs that nobody starts any more, because they were begun five times and never ended."""
    return list(await connection.scalars(_HELD, {"most": MOST_STARTS}))


async def release(connection: AsyncConnection, name: str) -> bool:
    """Let a held job run again, at once. Returns whether it was held."""
    return (await connection.execute(_RELEASE, {"name": name, "most": MOST_STARTS})).rowcount > 0


class Runner:
    """The worker of one process. `lease`: after so long without a sign of life a job is anybody's."""

    def __init__(
        self,
        engine: AsyncEngine,
        jobs: Iterable[Job],
        *,
        lease: timedelta = timedelta(seconds=60),
        look_every: timedelta = timedelta(seconds=2),
    ) -> None:
        self._engine = engine
        self._jobs = {job.name: job for job in jobs}
        self._lease = lease
        self._look_every = look_every.total_seconds()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._rung: set[str] = set()
        self._wake = asyncio.Event()

    def ring(self, name: str) -> None:
        """Let a job run soon, though it is not due, for instance since there is something new for it."""
        self._rung.add(name)
        self._wake.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look for due jobs inside the block; at its end jobs that run are stopped and given back."""
        looking = asyncio.create_task(self._look())
        try:
            yield
        finally:
            tasks = [looking, *self._running.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self) -> None:
        planned = False
        while True:
            self._wake.clear()
            started = False
            try:
                if not planned:
                    await self._plan()
                    planned = True
                started = await self._start_one()
            except OUT_OF_REACH as error:
                _log.warning("jobs not read", error=describe(error))
            if started:
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_every * random.uniform(0.8, 1.2)):  # noqa: S311
                    await self._wake.wait()

    async def _plan(self) -> None:
        """Make the rows of jobs that have none."""
        now = utc_now()
        async with transaction(self._engine) as connection:
            for job in self._jobs.values():
                due_at = now if isinstance(job.every, timedelta) else job.due_after(now)
                await connection.execute(_PLAN, {"name": job.name, "due_at": due_at})
            for name in await held(connection):
                _log.error("job is held", job=name)

    async def _start_one(self) -> bool:
        names = [name for name in self._jobs if name not in self._running]
        asked = {"names": names, "rung": list(self._rung), "lease": self._lease, "most": MOST_STARTS}
        async with transaction(self._engine) as connection:
            row = (await connection.execute(_CLAIM, asked)).first()
        if row is None:
            return False
        self._rung.discard(row.name)
        if row.starts > 1:
            _log.warning("job taken over", job=row.name, starts=row.starts)
        task = asyncio.create_task(self._perform(self._jobs[row.name], row.leased_until))
        self._running[row.name] = task
        task.add_done_callback(lambda _: self._ended(row.name))
        return True

    def _ended(self, name: str) -> None:
        del self._running[name]
        if self._rung:
            self._wake.set()

    async def _perform(self, job: Job, leased_until: datetime) -> None:
        work = asyncio.ensure_future(job.run(self._engine, utc_now()))
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=self._lease.total_seconds() / 3)
                if not work.done():
                    leased_until = await self._renew(job, leased_until)
        except _LeaseLost:
            _log.warning("job was taken over by another worker", job=job.name)
            await _stop(work)
        except asyncio.CancelledError:
            await _stop(work)
            with suppress(*OUT_OF_REACH):
                await self._write(_GIVE_BACK, {"name": job.name, "leased_until": leased_until})
            raise
        else:
            await self._finish(job, leased_until, None if work.cancelled() else work.exception())

    async def _renew(self, job: Job, leased_until: datetime) -> datetime:
        try:
            async with transaction(self._engine) as connection:
                renewed: datetime | None = await connection.scalar(
                    _RENEW, {"name": job.name, "lease": self._lease, "leased_until": leased_until}
                )
        except OUT_OF_REACH as error:
            _log.warning("lease not renewed", job=job.name, error=describe(error))
            return leased_until
        if renewed is None:
            raise _LeaseLost
        return renewed

    async def _finish(self, job: Job, leased_until: datetime, error: BaseException | None) -> None:
        now = utc_now()
        due_at = job.due_after(now)
        if error is not None:
            _log.error("job failed", job=job.name, error=describe(error))
            due_at = min(due_at, now + _RETRY)
        row = {
            "name": job.name,
            "leased_until": leased_until,
            "due_at": due_at,
            "failed": None if error is None else _place(error),
        }
        try:
            await self._write(_FINISH, row)
        except OUT_OF_REACH as lost:
            # The lease runs out, and the job is done once more.
            _log.warning("job's end not written", job=job.name, error=describe(lost))

    async def _write(self, statement: TextClause, row: dict[str, object]) -> None:
        async with transaction(self._engine) as connection:
            await connection.execute(statement, row)


class _LeaseLost(Exception):
    """Another worker has the job now."""


async def _stop(work: asyncio.Future[object]) -> None:
    work.cancel()
    await asyncio.wait({work})
    if not work.cancelled():
        work.exception()  # seen: whoever has the job now does it anew


def _place(error: BaseException) -> str:
    """Return what may be kept of an error: its type and its place, never its message, which may name a person."""
    frames = extract_tb(error.__traceback__)
    place = f" {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__qualname__}{place}"
