"""The process that owns PostgreSQL: keeps it running while any hub process lives, then stops it.

Every hub process holds `pg.lock` of its `HUB_HOME` shared; the kernel frees it even after kill -9. When the supervisor
gets it exclusively, nobody is left. The supervisor itself holds `pg.supervisor` exclusively, by which others know that
it lives. Should it be killed, the kernel interrupts PostgreSQL, which shuts down in order; the next supervisor first
waits for whatever still works in the data folder.
"""

import ctypes
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from hub.database.locks import open_lock, try_lock
from hub.database.place import Place, locate, make_folders
from hub.operating import tell

HOLDERS = "pg.lock"
SUPERVISOR = "pg.supervisor"
OPTIONS = {
    "listen_addresses": "",  # the socket alone, whose folder has mode 700
    "shared_buffers": "128MB",
    # Messages of refused statements hold values: personal data. Start, stop and crashes suffice.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
WITHOUT_FSYNC = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_LOOK_EVERY = 0.3
_STEADY_AFTER = 10.0
_CRASHES_BEFORE_GIVING_UP = 5
_PATIENCE = 60.0
_LOG_KEPT = 1 << 20
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Run as `python -m hub.database.supervisor HOME FOLDER_OF_PROGRAMS fsync|no-fsync`."""
    home, programs, fsync = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "fsync"
    os.chdir("/")
    own_lock = open_lock(home / SUPERVISOR)
    if not _within(1.0, lambda: try_lock(own_lock, fcntl.LOCK_EX)):
        return  # another one lives
    # The starter waits for this process; its child goes on, and keeps the lock.
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    place = locate(home)
    make_folders(place)
    _write_to_log(place.log)
    if place.data_major is None:
        _initialise(place, programs, fsync=fsync)
    _supervise(place, programs, own_lock, fsync=fsync)


def _supervise(place: Place, programs: Path, own_lock: int, *, fsync: bool) -> None:
    holders = open_lock(place.home / HOLDERS)
    crashes = 0
    while crashes < _CRASHES_BEFORE_GIVING_UP:
        _clear_leftovers(place)
        started = time.monotonic()
        postmaster = _start(place, programs, fsync=fsync)
        try:
            while postmaster.poll() is None:
                time.sleep(_LOOK_EVERY)
                if try_lock(holders, fcntl.LOCK_EX):
                    _stop(postmaster)
                    # In this order: whoever waits for `pg.lock` must not find a supervisor that is about to end.
                    os.close(own_lock)
                    return
        finally:
            _stop(postmaster)
        crashes = 0 if time.monotonic() - started > _STEADY_AFTER else crashes + 1
        _say(f"PostgreSQL ended by itself (status {postmaster.returncode}), starting it again")
    sys.exit("PostgreSQL does not stay up")


def _initialise(place: Place, programs: Path, *, fsync: bool) -> None:
    """Make the data folder under another name and rename it, so that there is a whole one or none."""
    for abandoned in place.folder.glob("data.new-*"):
        shutil.rmtree(abandoned)
    new = place.folder / f"data.new-{os.getpid()}"
    arguments = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
    subprocess.run(
        [programs / "initdb", f"--pgdata={new}", *arguments, *([] if fsync else ["--no-sync"])],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={"PATH": os.defpath},
        preexec_fn=_end_with_parent(signal.SIGKILL),
        **place.as_user,
    )
    new.rename(place.data)


def _start(place: Place, programs: Path, *, fsync: bool) -> subprocess.Popen[bytes]:
    options = {**OPTIONS, **({} if fsync else WITHOUT_FSYNC), "unix_socket_directories": str(place.socket_folder)}
    return subprocess.Popen(
        [programs / "postgres", "-D", place.data, *(f"--{name}={value}" for name, value in options.items())],
        stdin=subprocess.DEVNULL,
        env={"PATH": os.defpath},
        preexec_fn=_end_with_parent(signal.SIGINT),
        **place.as_user,
    )


def _stop(postmaster: subprocess.Popen[bytes]) -> None:
    """Fast shutdown: connections are cut, data is flushed; at once if that takes too long."""
    for how in (signal.SIGINT, signal.SIGQUIT):
        if postmaster.poll() is not None:
            return
        postmaster.send_signal(how)
        try:
            postmaster.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            _say(f"PostgreSQL did not stop on {how.name}")


def _clear_leftovers(place: Place) -> None:
    """Wait until no process of an earlier PostgreSQL works in the data folder, then remove its lock files.

    PostgreSQL would refuse to start where the number in a lock file is that of a process which has ended but whose
    parent has not noticed, or now that of another process of its user, as after a restart of the machine or container.
    Holding the supervisor's lock, one may know better.
    """
    lock_files = [place.data / "postmaster.pid", place.socket.with_name(f"{place.socket.name}.lock")]
    recorded = {int(file.read_text().split("\n", 1)[0] or 0) for file in lock_files if file.exists()}
    if not recorded or not Path("/proc/self/cwd").exists():
        return
    for process in recorded & _working_in(place.data):
        _say(f"an earlier PostgreSQL (process {process}) still runs, stopping it")
        os.kill(process, signal.SIGINT)
    if not _within(_PATIENCE, lambda: not _working_in(place.data)):
        for process in _working_in(place.data):
            os.kill(process, signal.SIGKILL)
        _within(_PATIENCE, lambda: not _working_in(place.data))
    for file in lock_files:
        file.unlink(missing_ok=True)


def _working_in(folder: Path) -> set[int]:
    """The processes whose working directory is the data folder: PostgreSQL's own."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if (entry / "cwd").readlink() == folder:
                    found.add(int(entry.name))
            except OSError:  # it ended meanwhile, or belongs to somebody else
                continue
    return found


def _end_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """For `preexec_fn`: let the kernel send a signal when this process ends, however it ends (Linux only)."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_the_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, int(how))
        if os.getppid() != parent:  # it ended before the request was made
            os._exit(1)

    return ask_the_kernel


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold within a time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _write_to_log(path: Path) -> None:
    """From here on, stdout and stderr are the log; one that has grown long is put aside first."""
    if path.exists() and path.stat().st_size > _LOG_KEPT:
        path.rename(path.with_suffix(".1"))
    with path.open("ab") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
    path.chmod(0o600)


def _say(line: str) -> None:
    tell(f"{time.strftime('%Y-%m-%d %H:%M:%S')} supervisor: {line}")


if __name__ == "__main__":
    main()
