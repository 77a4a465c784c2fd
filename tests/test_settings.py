"""Settings: read from HUB_* alone, and a mistake is named, never guessed around."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from hub.settings import Settings, UnknownSetting, UnusableSetting


def test_without_any_variable_everything_lies_in_a_folder_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("HUB_SYSTEM=somewhere-else\n")  # not ours to read

    settings = Settings.read()

    assert settings.model_dump() == {
        "home": tmp_path / ".hub",
        "database_url": None,
        "postgres_bin": None,
        "postgres_fsync": True,
        "key_file": tmp_path / ".hub" / "keys",
        "system": "local",
        "issuer": "liaison-hub",
        "audience": "liaison-hub",
        "log_level": "INFO",
        "heartbeat_seconds": 15,
        "feed_retention_days": 400,
        "arrivals_per_day": 200,
        "ledger_memory_mib": 512,
    }


def test_the_key_file_lies_in_the_home_unless_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    assert Settings.read().key_file == tmp_path / "keys"

    monkeypatch.setenv("HUB_KEY_FILE", str(tmp_path / "elsewhere" / "master"))
    assert Settings.read().key_file == tmp_path / "elsewhere" / "master"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://hub@db/hub", "postgresql+asyncpg://hub@db/hub"),
        ("postgres://hub:a%40b@db:5433/hub", "postgresql+asyncpg://hub:a%40b@db:5433/hub"),
        ("postgresql+asyncpg://hub@/hub?host=/run/pg", "postgresql+asyncpg://hub@/hub?host=/run/pg"),
        ("postgresql://hub@db/hub?sslmode=require", "postgresql+asyncpg://hub@db/hub?ssl=require"),
    ],
)
def test_a_database_address_is_taken_as_people_write_it(monkeypatch: pytest.MonkeyPatch, given: str, used: str) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", given)
    assert Settings.read().database_url == used


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("HUB_DATABSE_URL", "HUB_DATABASE_URL"),
        ("HUB_HOMEDIR", "HUB_HOME"),
        ("HUB_KEYFILE", "HUB_KEY_FILE"),
        ("HUB_HEARTBEAT", "HUB_HEARTBEAT_SECONDS"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest_known_one(
    monkeypatch: pytest.MonkeyPatch, written: str, meant: str
) -> None:
    monkeypatch.setenv(written, "x")
    with pytest.raises(UnknownSetting, match=f"{written}, did you mean {meant}[?]"):
        Settings.read()


def test_variables_of_the_tests_and_of_others_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_TEST_ANYTHING", "x")
    monkeypatch.setenv("HUBBLE", "x")
    Settings.read()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUB_DATABASE_URL", "mysql://root:secret@db/hub"),
        ("HUB_DATABASE_URL", "secret"),
        ("HUB_HEARTBEAT_SECONDS", "0"),
        ("HUB_HEARTBEAT_SECONDS", "secret"),
        ("HUB_FEED_RETENTION_DAYS", "-1"),
        ("HUB_LOG_LEVEL", "secret"),
        ("HUB_SYSTEM", "a:b"),
        ("HUB_POSTGRES_FSYNC", "perhaps"),
    ],
)
def test_an_unusable_value_is_refused_by_name_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UnusableSetting) as refusal:
        Settings.read()

    text = str(refusal.value)
    assert name in text
    assert "secret" not in text
    assert "\n" not in text
    assert "HUB_KEY_FILE" not in text
    assert refusal.value.__cause__ is None


def test_a_password_is_not_shown_when_settings_are_printed() -> None:
    assert "secret" not in repr(Settings(database_url="postgresql://hub:secret@db/hub"))


def test_nothing_changes_them_later() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().system = "other"  # type: ignore[misc]
