"""The hub's own PostgreSQL, shared by all hub processes of one `HUB_HOME`: found running, or started."""

import fcntl
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from hub.database import binaries
from hub.database.locks import is_held, locked
from hub.database.place import Place, announce, locate, within_reach
from hub.database.supervisor import HOLDERS, SUPERVISOR
from hub.operating import OperatorError, tell
from hub.settings import Settings

_STARTERS = "pg.start"
_LOOK_EVERY = 0.01
_SAY_SO_AFTER = 10.0


class PostgresDidNotStart(OperatorError):
    """The embedded PostgreSQL ended before it answered; the text holds the last line of its log."""


@contextmanager
def embedded(settings: Settings) -> Iterator[str]:
    """Keep the embedded database running inside the block; gives its address for SQLAlchemy.

    Blocks while PostgreSQL starts: about two seconds the first time, a fraction of one later, nothing when it runs.
    """
    place = locate(settings.home)
    with locked(place.home / HOLDERS, fcntl.LOCK_SH):
        ensure_running(settings)
        yield f"postgresql+asyncpg://postgres@/postgres?host={quote(str(place.socket_folder))}"


def ensure_running(settings: Settings) -> None:
    """Start the database unless it runs; to be called by a process that holds `pg.lock`.

    Called again it mends: PostgreSQL and its supervisor may both have been killed since.
    """
    place = locate(settings.home)
    if _runs(place):
        return
    with locked(place.home / _STARTERS, fcntl.LOCK_EX):  # of several starters, one starts
        began, said = time.monotonic(), False
        attempted = False
        while not _runs(place):
            if not is_held(place.home / SUPERVISOR):
                if attempted:
                    raise PostgresDidNotStart(_last_words(place))
                attempted = True
                _start_supervisor(place, settings)
            elif not said and time.monotonic() - began > _SAY_SO_AFTER:
                said = True
                tell(f"数据库正在恢复，日志：{place.log} / the database is recovering, log: {place.log}")
            time.sleep(_LOOK_EVERY)


def _start_supervisor(place: Place, settings: Settings) -> None:
    """Start a supervisor; it holds its lock when this returns, unless it could not begin."""
    programs = within_reach(binaries.find(settings.postgres_bin, place.data_major), place)
    announce(place, programs)
    # Standard streams are cut: `TOKEN=$(hub token …)` would otherwise wait until the database ends.
    subprocess.run(
        [
            *(sys.executable, "-m", "hub.database.supervisor"),
            *(place.home, programs.folder, "fsync" if settings.postgres_fsync else "no-fsync"),
        ],
        check=False,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _runs(place: Place) -> bool:
    """Whether PostgreSQL accepts queries and somebody looks after it."""
    if not is_held(place.home / SUPERVISOR):
        return False
    try:
        status = (place.data / "postmaster.pid").read_text().splitlines()[7:]
    except FileNotFoundError:
        return False
    if [line.strip() for line in status] != ["ready"]:
        return False
    # The pid file outlives a postmaster that was killed: only the socket tells.
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(place.socket)) == 0


def _last_words(place: Place) -> str:
    lines = place.log.read_text(errors="replace").splitlines() if place.log.exists() else []
    return f"数据库没有启动，日志：{place.log} / the database did not start, log: {place.log}: {lines[-1] if lines else ''}"
