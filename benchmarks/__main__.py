"""`make bench`: everything that is claimed, measured in one run. ARGS names some: imports, participation, delivery,
server."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from benchmarks import imports, participation

ALL = ("imports", "participation", "delivery", "server")


def main() -> None:
    """Run each benchmark after the other, or those that are named."""
    wanted = sys.argv[1:] or ALL
    if "imports" in wanted:
        print("Importing and matching 24,000 departures and 20,000 arrivals from xlsx", flush=True)
        asyncio.run(imports.main())
    if "participation" in wanted:
        print("\nA roll call, and the quarter summary of a branch", flush=True)
        asyncio.run(participation.main())
    for name, module in (("delivery", "benchmarks.delivery"), ("server", "benchmarks.delivery_server")):
        if name in wanted:
            print(f"\nCommit to delivery ({name})", flush=True)
            subprocess.run([sys.executable, "-m", module], check=True)


if __name__ == "__main__":
    main()
