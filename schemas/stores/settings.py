"""Settings of a home: where the stores are, and assumptions for files that do not state them.

Read from `<home>/leadsift.toml` and environment variables `LEADSIFT_*`, which win. Importing this module reads nothing.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from schemas.contracts.errors import SettingsError
from schemas.stores.rates import Rate, read_rates

DEFAULT_HOME = "./leadsift-home"
SETTINGS_FILE = "leadsift.toml"
_NOT_FOR_DUCKDB = frozenset("?" if os.sep == "\\" else "?\\")
"""DuckDB cuts a path at ? and treats a backslash as a separator."""


class Settings(BaseSettings):
    """The settings of a home. Every field can be set in `<home>/leadsift.toml` or as `LEADSIFT_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="LEADSIFT_", extra="forbid", frozen=True)

    home: Path = Field(default=Path(DEFAULT_HOME), description="The folder that holds the stores.")
    default_country: str = Field(
        default="US",
        pattern="^[A-Z]{2}$",
        description="ISO 3166 country of phone numbers without a country code in rows without a country.",
    )
    time_zone: str = Field(
        default="UTC", description="IANA zone of times without an offset, unless the profile states one."
    )
    date_order: Literal["dmy", "mdy", "ymd"] = Field(
        default="mdy",
        description="Order of numeric dates, unless the column's values or the profile decide it.",
    )
    decimal_sign: Literal[".", ","] = Field(
        default=".",
        description="Decimal sign of amounts, unless the column's values or the profile decide it.",
    )
    workbook_password: SecretStr | None = Field(
        default=None,
        description="Password of protected workbooks. Prefer LEADSIFT_WORKBOOK_PASSWORD or --password.",
    )
    base_currency: str | None = Field(
        default=None,
        pattern="^[A-Z]{3}$",
        description="Currency of value_base, into which deal values are converted.",
    )
    rates_file: Path | None = Field(
        default=None,
        description="CSV file with the columns date, currency, rate: the value of one unit in base_currency from that "
        "day on. Relative paths start at the home.",
    )
    pipelines: dict[str, list[str]] = Field(
        default_factory=dict,
        description='Your own pipelines with their stages in order, for converting leads: Sales = ["New", …].',
    )
    stage_map: dict[str, str] = Field(
        default_factory=dict,
        description='Maps stages of several systems to one pipeline: "source:pipeline:stage" = "pipeline:stage". '
        "Stages that are not listed stay as they are.",
    )
    open_deal_limits: dict[str, int] = Field(
        default_factory=dict,
        description='Maximum number of open deals by pipeline, or "*" for all. Conversions and reopenings above it are '
        "refused; from 90% on there is a warning. Leads never count.",
    )
    source_priority: list[str] = Field(
        default_factory=list,
        description="Sources in order of priority: if records of one person or organization differ, values of the "
        "first source survive.",
    )
    survivorship: dict[str, list[str]] = Field(
        default_factory=dict,
        description="The criteria by which a value survives, in order, by field (name, address, email, phone, …): "
        "source_priority, most_complete, verified, most_frequent, newest, longest.",
    )
    ledger_url: str | None = Field(
        default=None, description="SQLAlchemy URL of the ledger. Default: SQLite in the home."
    )
    memory_limit: str = Field(default="2GB", description="Memory that DuckDB may use, e.g. 2GB.")
    lock_timeout: float = Field(
        default=600.0, gt=0, description="Seconds to wait while another process writes to the warehouse."
    )
    inbox: Path | None = Field(default=None, description="Folder that the inbox sensor watches. Default: <home>/inbox.")
    nightly_paths: list[Path] = Field(
        default_factory=list, description="Files and folders that the nightly schedule imports."
    )

    @field_validator("stage_map")
    @classmethod
    def _map_of_stages(cls, value: dict[str, str]) -> dict[str, str]:
        for before, after in value.items():
            if before.count(":") != len(("source", "pipeline")) or after.count(":") != 1:
                raise ValueError(f'{before!r} = {after!r}: write "source:pipeline:stage" = "pipeline:stage"')
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)  # listing every zone would take longer than reading the settings
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is not an IANA time zone such as 'Europe/Paris'") from error
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (a keyword of the framework)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file in the home."""
        file = cls.model_config.get("toml_file")
        sources: tuple[PydanticBaseSettingsSource, ...] = (init_settings, env_settings)
        return (*sources, TomlConfigSettingsSource(settings_cls)) if file else sources

    @property
    def archive_dir(self) -> Path:
        """The archive, with the bytes of every imported file."""
        return self.home / "archive"

    @property
    def journal_path(self) -> Path:
        """A second copy of the ledger's facts, one line each, append-only."""
        return self.home / "journal.jsonl"

    @property
    def warehouse_path(self) -> Path:
        """The working database, for one writer."""
        return self.home / "warehouse.duckdb"

    @property
    def published_path(self) -> Path:
        """The published database, for all readers."""
        return self.home / "published" / "leadsift.duckdb"

    @property
    def dagster_home(self) -> Path:
        """The Dagster instance with the history of runs."""
        return self.home / "dagster"

    @property
    def inbox_dir(self) -> Path:
        """The folder that the inbox sensor watches."""
        return self.inbox or self.home / "inbox"

    @property
    def profiles_dir(self) -> Path:
        """Users' own profiles; lists with their headers are recognised automatically."""
        return self.home / "profiles"

    @property
    def models_dir(self) -> Path:
        """Trained models, one file each."""
        return self.home / "models"

    @property
    def attempts_dir(self) -> Path:
        """Markers of files that are being read."""
        return self.home / "attempts"

    @property
    def rejects_dir(self) -> Path:
        """The rejects files of each import, to correct and import again."""
        return self.home / "rejects"

    @property
    def shaping(self) -> str:
        """The settings that the derived tables depend on; if they change, the tables are derived again."""
        rates = [[rate.currency, str(rate.valid_from), rate.rate] for rate in self.rates]
        parts = [
            self.base_currency, rates, self.pipelines, self.stage_map, self.source_priority, self.survivorship,
        ]  # fmt: skip
        return json.dumps(parts, sort_keys=True)

    @property
    def rates(self) -> list[Rate]:
        """The dated rates into the base currency. Raises SettingsError if the file is invalid."""
        return [] if self.rates_file is None else read_rates(self.home / self.rates_file)

    @property
    def ledger_address(self) -> str:
        """SQLAlchemy URL of the ledger."""
        # SQLAlchemy decodes the path in a URL.
        path = str(self.home / "ledger.sqlite").replace("%", "%25")
        return self.ledger_url or f"sqlite:///{path}"


def load_settings(home: Path | None = None) -> Settings:
    """Read the settings of a home: `home`, else LEADSIFT_HOME, else `./leadsift-home`.

    Raises SettingsError, with file, key and reason, if a setting is invalid.
    """
    if home is None and not os.environ.get("LEADSIFT_HOME", DEFAULT_HOME).strip():
        raise SettingsError("environment: LEADSIFT_HOME is blank; name a folder, or unset it")
    try:
        place = Settings().home if home is None else home.expanduser()
    except ValidationError as error:
        raise SettingsError(_explain(error, "environment")) from error
    place = place.resolve()
    if _NOT_FOR_DUCKDB & set(str(place)):
        raise SettingsError(f"home {place}: its path contains ? or \\, which DuckDB cannot open; choose another folder")
    file = place / SETTINGS_FILE
    # pydantic-settings reads the file's path from the class, so each home needs its own class.
    bound = type(
        "HomeSettings",
        (Settings,),
        {"model_config": SettingsConfigDict(toml_file=file if file.is_file() else None)},
    )
    try:
        return bound(home=place)  # type: ignore[no-any-return]
    except ValidationError as error:
        raise SettingsError(_explain(error, str(file))) from error
    except ValueError as error:
        raise SettingsError(f"{file}: not valid TOML: {error}") from error


def _explain(error: ValidationError, where: str) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    return f"{where}: {key}: {first['msg']}"
