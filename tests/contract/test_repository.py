"""The rules of this repository that no other tool checks."""

import re
import subprocess
from pathlib import Path

import pytest

from hub.settings import Settings, variable

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 400
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "service", "services", "base", "info", "common"}


def tracked() -> list[Path]:
    """Every file of the repository that is in git or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""  # a workbook or a picture


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def test_the_lock_names_no_address() -> None:
    assert [
        line for line in (ROOT / "requirements.lock").read_text().splitlines() if "://" in line or "index" in line
    ] == []


def test_every_locked_package_has_hashes() -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text().strip())
    assert [entry.split("=")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_dependency_is_locked() -> None:
    declared = re.findall(
        r'^    "([a-z0-9-]+)(?:\[[a-z]+\])?[>=]=', (ROOT / "pyproject.toml").read_text(), re.MULTILINE
    )
    locked = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    assert len(declared) > 20
    assert set(declared) - locked == set()


@pytest.mark.parametrize(
    "name", ["uv.lock", "poetry.lock", "setup.py", "setup.cfg", "tox.ini", "mypy.ini", "pytest.ini"]
)
def test_there_is_one_place_for_locks_and_settings(name: str) -> None:
    assert not [path for path in tracked() if path.name == name]


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    folders = re.compile("|".join(rf"(?<![\w.$}}])/{folder}/" for folder in ("work", "home", "Users", "root")))
    assert names([path for path in tracked() if folders.search(text_of(path))]) == []


def test_no_registry_is_written_anywhere() -> None:
    registry = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs")
    assert names([path for path in tracked() if path != Path(__file__) and registry.search(text_of(path))]) == []


def test_no_python_file_is_longer_than_one_can_read() -> None:
    python = [path for path in tracked() if path.suffix == ".py" and "versions" not in path.parts]
    assert names([path for path in python if text_of(path).count("\n") > LONGEST_FILE]) == []


def test_files_are_named_by_their_noun() -> None:
    assert names([path for path in tracked() if path.suffix == ".py" and path.stem in FORBIDDEN_NAMES]) == []


def test_each_setting_is_documented_and_nothing_else() -> None:
    rows = re.findall(r"^\| `(HUB_\w+)` \|", (ROOT / "docs" / "operating.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(variable(field) for field in Settings.model_fields)


def test_each_command_is_documented() -> None:
    said = subprocess.run([ROOT / ".venv" / "bin" / "hub", "--help"], capture_output=True, check=True, text=True).stdout
    commands = re.findall(r"^    ([a-z]+)(?:  |$)", said, re.MULTILINE)
    documented = re.findall(r"^\| `hub ([a-z]+)\b", (ROOT / "docs" / "operating.md").read_text(), re.MULTILINE)
    assert len(commands) >= 9
    assert sorted(documented) == sorted(commands)


def test_only_the_settings_read_the_environment() -> None:
    reads = re.compile(r"os\.(environ|getenv)|getpass\.getuser")
    readers = [
        path
        for path in tracked()
        if path.is_relative_to(ROOT / "hub") and path.suffix == ".py" and reads.search(text_of(path))
    ]
    assert names(readers) == ["hub/settings.py"]


def test_only_the_database_commits() -> None:
    commits = re.compile(r"\.commit\(|engine\.begin\(")
    found = names([path for path in tracked() if path.is_relative_to(ROOT / "hub") and commits.search(text_of(path))])
    assert [name for name in found if not name.startswith("hub/database/")] == []
