"""What the operator sets: one frozen `Settings`, read once from the HUB_* variables of the environment.

No other module reads the environment. docs/operating.md describes every setting; a test compares the two.
"""

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from hub.operating import OperatorError

PREFIX = "HUB_"
# Variables of the test run itself; a hub that a test starts inherits and ignores them.
RESERVED_FOR_TESTS = "HUB_TEST_"


class UnknownSetting(OperatorError):
    """A HUB_ variable that means nothing: most likely a typing error, so the hub does not start."""


class UnusableSetting(OperatorError):
    """A setting whose value cannot be used; the text names the setting and never repeats the value."""


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()


def _asyncpg_url(url: str) -> str:
    """Turn what people write into what the driver takes: scheme postgresql+asyncpg, `ssl` for libpq's `sslmode`."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+asyncpg"}:
        raise ValueError("must begin with postgresql://")
    address, question, query = rest.partition("?")
    parameters = [re.sub("^sslmode=", "ssl=", parameter) for parameter in query.split("&")]
    return f"postgresql+asyncpg://{address}{question}{'&'.join(parameters)}"


Folder = Annotated[Path, AfterValidator(_absolute)]
DatabaseUrl = Annotated[str, AfterValidator(_asyncpg_url)]
Positive = Annotated[int, Field(gt=0)]


class Settings(BaseSettings):
    """Everything that may differ between two hubs that run the same version."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True)

    home: Folder = Path(".hub")
    """Folder of everything that this hub keeps: embedded database, keys, locks."""
    # Not in the repr: the address may hold a password.
    database_url: DatabaseUrl | None = Field(default=None, repr=False)
    """A PostgreSQL server of one's own, 15 or newer; without it the hub runs an embedded one under `home`."""
    postgres_bin: Folder | None = None
    """Folder with `postgres` and `initdb` for the embedded database; without it they are looked for."""
    postgres_fsync: bool = True
    """Whether the embedded database waits for the disk. Only tests, whose data may be lost, turn it off."""
    key_file: Folder = Field(default_factory=lambda data: data["home"] / "keys", validate_default=True)
    """The key that opens sealed personal data. Whoever loses it loses that data: back it up."""
    system: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^:\s]+$")] = "local"
    """The numbering system of organization codes given without one: `CODE` means `system:CODE`."""
    issuer: Annotated[str, Field(min_length=1)] = "liaison-hub"
    """Claim `iss` of the tokens that this hub issues and accepts."""
    audience: Annotated[str, Field(min_length=1)] = "liaison-hub"
    """Claim `aud` of the tokens that this hub issues and accepts."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least severe log line that is written."""
    heartbeat_seconds: Positive = 15
    """Longest silence on a subscription, in seconds."""
    feed_retention_days: Positive = 400
    """Days that events are kept; an older cursor has to read anew."""
    arrivals_per_day: Positive = 200
    """Arrivals that one organization may register by hand in a day."""
    ledger_memory_mib: Annotated[int, Field(ge=128)] = 512
    """Memory that reading one ledger may use, in MiB."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 — the names are those of the library's hook
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before environment, and nothing else: no .env file is picked up from wherever one stands."""
        return init_settings, env_settings

    @classmethod
    def read(cls) -> Self:
        """Read the environment; raises `OperatorError` with a line that names the variable to mend."""
        refuse_unknown(os.environ)
        try:
            return cls()
        except ValidationError as error:
            faults = "; ".join(
                f"{variable(str(fault['loc'][0]))}: {fault['msg']}"
                for fault in error.errors()
                if fault["type"] != "default_factory_not_called"  # follows from another fault
            )
            # The cause would show the refused value, which may be a password.
            raise UnusableSetting(f"设置无法使用 / setting cannot be used: {faults}") from None

    @property
    def token_key_file(self) -> Path:
        """The key that signs this hub's own tokens."""
        return self.home / "token.key"


def variable(field: str) -> str:
    """The name of a field of `Settings` in the environment."""
    return f"{PREFIX}{field.upper()}"


def refuse_unknown(environment: Mapping[str, str]) -> None:
    """Raise `UnknownSetting` for the first HUB_ name that is no setting, naming the one that was probably meant."""
    known = [variable(field) for field in Settings.model_fields]
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name.startswith(RESERVED_FOR_TESTS) or name in known:
            continue
        nearest = difflib.get_close_matches(name, known, n=1, cutoff=0)[0]
        raise UnknownSetting(f"没有名为 {name} 的设置，是否指 {nearest}？ / no setting {name}, did you mean {nearest}?")
