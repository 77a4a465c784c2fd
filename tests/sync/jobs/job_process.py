"""A worker with one job, which says that it began and then hangs; or, where it is told so, kills the worker."""

import asyncio
import os
import signal
import sys
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.database.engine import create_engine
from hub.sync.jobs.runner import Job, Runner

LEASE = timedelta(seconds=0.6)


async def main(url: str, then: str) -> None:
    engine = create_engine(url)

    async def run(engine: AsyncEngine, now: datetime) -> None:
        print("began", flush=True)
        if then == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.sleep(60)

    runner = Runner(engine, [Job("one", timedelta(hours=1), run)], lease=LEASE, look_every=timedelta(seconds=0.05))
    async with runner.running():
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
