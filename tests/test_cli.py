"""The command `hub`: what it takes, says and ends with. Each runs as a process of its own, as people run it."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.auth import InvalidToken, Role, Tokens
from hub.crypto import IdCodec
from hub.database.engine import transaction
from hub.database.migrate import head
from hub.models import Organization, OrganizationKind
from hub.settings import Settings

BRANCH = UUID("0192f0c8-0000-7000-8000-000000000001")


def hub(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hub", *arguments],
        env={"PATH": "/usr/bin:/bin", **settings},
        capture_output=True,
        check=False,
        text=True,
    )


@pytest.fixture
async def own_server(database: AsyncEngine, tmp_path: Path) -> dict[str, str]:
    """Settings of a hub on this test's database, with one branch in it."""
    async with transaction(database) as connection:
        await connection.execute(
            insert(Organization).values(
                id=BRANCH,
                system="local",
                code="LA010101",
                name="中共某县某镇某村支部委员会",
                short_name="某村支部",
                kind=OrganizationKind.BRANCH,
                recorded_at=datetime(2026, 9, 21, tzinfo=UTC),
                recorded_by="test",
            )
        )
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return {"HUB_DATABASE_URL": url, "HUB_HOME": str(tmp_path)}


def test_help_names_the_commands_without_touching_anything(tmp_path: Path) -> None:
    said = hub("--help", HUB_HOME=str(tmp_path / "home"))

    assert (said.returncode, said.stderr) == (0, "")
    assert "import" in said.stdout
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("fly",),
        ("import",),
        ("import", "a.xlsx"),
        ("import", "a.xlsx", "--kind", "people"),
        ("export", "a.xlsx", "--kind", "members", "--organization", "X"),
        ("token", "--organization", "X"),
        ("token", "--organization", "X", "--role", "secretary"),
        ("token", "--organization", "X", "--role", "member"),
        ("token", "--organization", "X", "--role", "branch", "--member", "Y"),
        ("token", "--organization", "X", "--role", "branch", "--days", "0"),
        ("serve", "--port", "http"),
    ],
    ids=" ".join,
)
def test_wrong_arguments_begin_nothing(arguments: tuple[str, ...], tmp_path: Path) -> None:
    said = hub(*arguments, HUB_HOME=str(tmp_path / "home"))

    assert (said.returncode, said.stdout) == (2, "")
    assert "usage: hub" in said.stderr
    assert not (tmp_path / "home").exists()


def test_a_wrong_setting_is_one_line(tmp_path: Path) -> None:
    said = hub("migrate", HUB_HOME=str(tmp_path / "home"), HUB_HOMME="x")

    assert (said.returncode, said.stdout) == (2, "")
    assert (
        said.stderr
        == "hub: 没有名为 HUB_HOMME 的设置，是否指 HUB_HOME？ / no setting HUB_HOMME, did you mean HUB_HOME?\n"
    )
    assert not (tmp_path / "home").exists()


def test_a_server_that_does_not_answer_is_one_line_without_the_password(tmp_path: Path) -> None:
    said = hub("migrate", HUB_HOME=str(tmp_path), HUB_DATABASE_URL="postgresql://hub:secret@127.0.0.1:1/hub")

    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (2, "", 1)
    assert "ConnectionRefusedError" in said.stderr
    assert "secret" not in said.stderr


def test_on_an_empty_home_a_command_just_works(hub_home: Path) -> None:
    settings = {"HUB_HOME": str(hub_home), "HUB_POSTGRES_FSYNC": "false"}

    said = hub("migrate", **settings)

    assert (said.returncode, said.stdout) == (0, "")
    assert said.stderr == f"数据库版本 / the database is at revision {head()}\n"


async def test_a_token_is_printed_alone(own_server: dict[str, str], tmp_path: Path) -> None:
    before = datetime.now(UTC)
    said = hub(
        "token", "--organization", "LA010101", "--role", "branch", "--actor", "王书记", "--days", "2", **own_server
    )

    assert (said.returncode, said.stderr, said.stdout.count("\n")) == (0, "", 1)
    claims = Tokens.open(Settings(home=tmp_path)).verify(said.stdout.strip(), before)
    assert (claims.organization, claims.role, claims.member) == (BRANCH, Role.BRANCH, None)
    assert (claims.actor, claims.client) == ("王书记", "hub token")
    assert timedelta(0) <= claims.expires_at - before.replace(microsecond=0) - timedelta(days=2) < timedelta(minutes=5)


async def test_a_token_of_one_hub_is_foreign_to_another(
    own_server: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    said = hub("token", "--organization", "local:LA010101", "--role", "partner", **own_server)

    with pytest.raises(InvalidToken):
        Tokens.open(Settings(home=tmp_path_factory.mktemp("other"))).verify(said.stdout.strip(), datetime.now(UTC))


@pytest.mark.parametrize("code", ["LA99", "other:LA010101", "local:", ""])
async def test_an_unknown_organization_is_one_line(own_server: dict[str, str], code: str) -> None:
    said = hub("token", "--organization", code, "--role", "branch", **own_server)

    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (2, "", 1)
    assert f"no organization has the code {code}" in said.stderr


@pytest.mark.parametrize("member", ["somebody", str(BRANCH), IdCodec(b"").encode(2, BRANCH)])
async def test_an_unknown_member_is_one_line(own_server: dict[str, str], member: str) -> None:
    said = hub("token", "--organization", "LA010101", "--role", "member", "--member", member, **own_server)

    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (2, "", 1)
    assert f"no member has the id {member}" in said.stderr
