"""A partner system in about 40 lines: hears every event in order, survives restarts, notices gaps.

    HUB_TOKEN=… python examples/subscriber.py ws://127.0.0.1:8000/graphql

The cursor is kept in a file: started again, it goes on where it was. A stream that ends without Closing is a failure, and
so is a gap (`prevSeq` is not the last `seq`): both are answered by subscribing again after the last cursor.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

CURSOR = Path("cursor.txt")
EVENTS = """subscription ($after: Cursor) { events(after: $after) { __typename
  ... on Event { cursor seq prevSeq kind aggregate aggregateVersion }
  ... on Heartbeat { cursor headSeq } ... on ResyncRequired { reason snapshotCursor }
  ... on Closing { resumeAfter retryAfterMs } } }"""


async def follow(url: str, token: str) -> float:
    """Follow the stream until it ends; return how many seconds to wait before the next try."""
    after = CURSOR.read_text() if CURSOR.exists() else None
    last = None
    async with connect(url, subprotocols=["graphql-transport-ws"]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
        await socket.recv()
        query = {"query": EVENTS, "variables": {"after": after}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": query}))
        async for message in socket:
            item = (json.loads(message).get("payload") or {}).get("data", {}).get("events")
            if item is None:
                continue
            if item["__typename"] == "Event":
                if last is not None and item["prevSeq"] != last:
                    return 0.0  # a gap: read again from the last cursor
                last = item["seq"]
                print(item["seq"], item["kind"], item["aggregate"], item["aggregateVersion"], flush=True)
            elif item["__typename"] == "ResyncRequired":
                print("read everything anew, then go on:", item["reason"], flush=True)
                item["cursor"] = item["snapshotCursor"]
            elif item["__typename"] == "Closing":
                return item["retryAfterMs"] / 1000
            CURSOR.write_text(item["cursor"])
    return 1.0


async def main(url: str) -> None:
    while True:
        try:
            await asyncio.sleep(await follow(url, os.environ["HUB_TOKEN"]))
        except (ConnectionClosed, OSError):
            await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "ws://127.0.0.1:8000/graphql"))
