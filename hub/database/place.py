"""Where the embedded database lives, and as which system user it runs.

PostgreSQL refuses to run as root. Under root it runs as the owner of its folder, a new one belonging to nobody; where
that user cannot get at `HUB_HOME` or at the programs, both are put under /var/lib/liaison-hub.
"""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.database.binaries import Binaries
from hub.operating import OperatorError, tell

REACHABLE_BY_ALL = Path("/var/lib/liaison-hub")
_SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 107  # sun_path of a Unix socket, less its final NUL
_UNREADABLE_IN_ADDRESSES = frozenset(",?&%@")


class DataOutOfReach(OperatorError):
    """A data folder exists, but the user who must run PostgreSQL cannot get at it, or it belongs to somebody else."""


@dataclass(frozen=True)
class Place:
    """The folders of one embedded database; the same for every process of one `HUB_HOME`."""

    home: Path
    folder: Path
    user: int | None
    """System user for PostgreSQL, None for the present one."""
    group: int | None

    @property
    def data(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What PostgreSQL and its supervisor say; holds no values, see `supervisor.OPTIONS`."""
        return self.folder / "log"

    @property
    def socket_folder(self) -> Path:
        """The data folder, or a short one where the path would be too long or unreadable in an address."""
        path = str(self.data / _SOCKET)
        if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH and not _UNREADABLE_IN_ADDRESSES & set(path):
            return self.data
        return Path("/tmp") / f"liaison-hub-{_key(self.data)}"  # noqa: S108 — mode 700 and its owner checked

    @property
    def socket(self) -> Path:
        """The socket on which PostgreSQL answers."""
        return self.socket_folder / _SOCKET

    @property
    def data_major(self) -> int | None:
        """Major version that made the data; None before the first start."""
        version = self.data / "PG_VERSION"
        return int(version.read_text()) if version.exists() else None

    @property
    def as_user(self) -> dict[str, Any]:
        """Arguments for `subprocess` that start a program as the user of this place."""
        if self.user is None:
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}


def locate(home: Path) -> Place:
    """Find the place that belongs to a `HUB_HOME`, making the home itself but nothing in it."""
    _make_home(home)
    folder = home / "postgres"
    if os.geteuid() != 0:
        place = Place(home, folder, None, None)
        if folder.exists() and not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise DataOutOfReach(f"{folder} 属于另一个用户 / {folder} belongs to another user")
        return place
    user, group = _owner(folder)
    elsewhere = Place(home, REACHABLE_BY_ALL / _key(home), *_owner(REACHABLE_BY_ALL / _key(home)))
    # Once data lies there it stays there, even if the home becomes reachable later: never a silent second database.
    if elsewhere.folder.exists():
        return elsewhere
    if reaches(home, user, group):
        return Place(home, folder, user, group)
    if folder.exists():
        raise DataOutOfReach(
            f"运行 PostgreSQL 的用户进不了 {home}：请给它的各级目录加上 x 权限 / the user who runs PostgreSQL cannot enter "
            f"{home}: give the folders above it the x permission"
        )
    return elsewhere


def within_reach(binaries: Binaries, place: Place) -> Binaries:
    """The same programs where the user of the place can run them, copied if need be."""
    if place.user is None or place.group is None or reaches(binaries.folder, place.user, place.group):
        return binaries
    if not binaries.from_wheel:
        raise DataOutOfReach(
            f"运行 PostgreSQL 的用户进不了 {binaries.folder} / the user who runs PostgreSQL cannot enter {binaries.folder}"
        )
    program = (binaries.folder / "postgres").stat()
    copy = (
        REACHABLE_BY_ALL
        / f"postgresql-{binaries.version}-{_key(binaries.folder, program.st_size, program.st_mtime_ns)}"
    )
    if not copy.exists():
        _make_shared_folder()
        half_done = Path(tempfile.mkdtemp(prefix=".copy-", dir=REACHABLE_BY_ALL))
        unneeded = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "doc", "*.a", "*.py", "__pycache__")
        package = binaries.folder.parents[1]
        # The programs find their libraries in a folder beside the package.
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, half_done / part.name, symlinks=True, ignore=unneeded)
        half_done.chmod(0o755)
        try:
            half_done.rename(copy)
        except OSError:  # another process was first; its copy is as good
            shutil.rmtree(half_done)
    return Binaries(copy / binaries.folder.relative_to(binaries.folder.parents[2]), binaries.version, from_wheel=True)


def announce(place: Place, binaries: Binaries) -> None:
    """Say on stderr when the database or its programs lie where one would not look for them."""
    if REACHABLE_BY_ALL in place.folder.parents or REACHABLE_BY_ALL in binaries.folder.parents:
        tell(
            f"以 root 运行：数据库在 {place.folder}，程序在 {binaries.folder} / running as root: the database is in "
            f"{place.folder}, its programs in {binaries.folder}"
        )


def make_folders(place: Place) -> None:
    """Make the folder of the database and of its socket, for its user alone."""
    if REACHABLE_BY_ALL in place.folder.parents:
        _make_shared_folder()
    for folder in {place.folder, place.socket_folder} - {place.data}:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        expected = os.geteuid() if place.user is None else place.user
        if found.st_uid == os.geteuid() != expected:
            os.chown(folder, expected, -1 if place.group is None else place.group)
        elif found.st_uid != expected or not stat.S_ISDIR(found.st_mode):
            raise DataOutOfReach(f"{folder} 属于另一个用户 / {folder} belongs to another user")
        folder.chmod(0o700)


def reaches(path: Path, user: int, group: int) -> bool:
    """Whether a user can enter a folder, by the modes of the folder and of all above it."""
    for folder in (path, *path.parents):
        found = folder.stat()
        needed = stat.S_IXOTH
        if found.st_uid == user:
            needed = stat.S_IXUSR
        elif found.st_gid == group:
            needed = stat.S_IXGRP
        if not found.st_mode & needed:
            return False
    return True


def _owner(folder: Path) -> tuple[int, int]:
    if folder.exists() and (found := folder.stat()).st_uid != 0:
        return found.st_uid, found.st_gid
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _make_home(home: Path) -> None:
    if home.is_dir():
        return
    try:
        home.mkdir(parents=True, exist_ok=True)
        # What is secret in it has mode 600; the user who runs PostgreSQL for root has to pass through.
        home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except OSError as error:
        raise DataOutOfReach(f"无法建立 {home} / cannot make {home}: {error.strerror}") from error


def _make_shared_folder() -> None:
    REACHABLE_BY_ALL.mkdir(parents=True, exist_ok=True)
    REACHABLE_BY_ALL.chmod(0o755)


def _key(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]
