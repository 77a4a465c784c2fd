"""A process that numbers until it is told to stop; with a number it kills itself inside that step, before the commit."""

import asyncio
import os
import signal
import sys

from hub.database.engine import create_engine, transaction
from hub.feed.number import number


async def main(url: str, dies_in: int) -> None:
    engine = create_engine(url)
    done = 0
    loop = asyncio.get_running_loop()
    stopped = loop.run_in_executor(None, sys.stdin.read)
    print("ready", flush=True)
    while not stopped.done():
        async with transaction(engine) as connection:
            if await number(connection):
                done += 1
                if done == dies_in:
                    os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.sleep(0.002)
    await engine.dispose()
    print(done, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
