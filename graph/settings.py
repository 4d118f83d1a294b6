"""Every setting of Kith: its name, default, allowed values and meaning, read from the environment in this one place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import moneyed
from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from graph.errors import Invalid

MEBIBYTE = 1024 * 1024
SMALLEST_MEMORY = 256 * MEBIBYTE

NEO4J_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")

_UNITS = {"k": 1024, "m": MEBIBYTE, "g": 1024 * MEBIBYTE}


def _bytes(value: object) -> object:
    """`640m` as a number of bytes; anything that is no such text is left for the type to judge."""
    match = re.fullmatch(r"\s*(\d+)\s*([kmg])i?b?\s*", value, re.IGNORECASE) if isinstance(value, str) else None
    return int(match[1]) * _UNITS[match[2].lower()] if match else value


def _size(value: object) -> str:
    """A number of bytes as the shortest text that `_bytes` reads back."""
    number = int(str(value))
    for unit, factor in reversed(_UNITS.items()):
        if number and number % factor == 0:
            return f"{number // factor}{unit}"
    return str(number)


def _uri(value: str | None) -> str | None:
    if value is not None and (urlsplit(value).scheme not in NEO4J_SCHEMES or not urlsplit(value).hostname):
        raise ValueError("not the address of a Neo4j server")
    return value


def _currency(value: str) -> str:
    if value not in moneyed.CURRENCIES:
        raise ValueError("not a currency code")
    return value


def _rates(value: object) -> object:
    """`EUR=1.08,SEK=0.095` as a mapping; a mapping is left as it is."""
    if not isinstance(value, str):
        return value
    rates: dict[str, Decimal] = {}
    for pair in filter(None, (part.strip() for part in value.split(","))):
        code, _, rate = pair.partition("=")
        try:
            number = Decimal(rate.strip())
        except InvalidOperation:
            raise ValueError(f"{pair!r} has no number") from None
        if not number.is_finite() or number <= 0:
            raise ValueError(f"the rate in {pair!r} is not above zero")
        rates[_currency(code.strip())] = number
    return rates


Memory = Annotated[int, BeforeValidator(_bytes), Field(ge=SMALLEST_MEMORY), PlainSerializer(_size)]
Rates = Annotated[dict[str, Decimal], NoDecode, BeforeValidator(_rates)]


def _setting(name: str, default: object, allowed: str, description: str, **bounds: float) -> Any:
    """One setting: the variable it is read from, its default, the values it takes in words, and what it does."""
    return Field(  # type: ignore[call-overload]  # the bounds are ge, gt, le and allow_inf_nan, each as Field takes it
        default,
        validation_alias=name,
        description=description,
        json_schema_extra={"allowed": allowed},
        validate_default=True,
        **bounds,
    )


@dataclass(frozen=True)
class SettingLine:
    """One row of the table of settings, as `--help` and the docs print it."""

    name: str
    default: str
    allowed: str
    description: str


class Settings(BaseSettings):
    """What an operator may choose; `Settings.read()` takes it from the environment once, at start."""

    model_config = SettingsConfigDict(
        frozen=True,
        case_sensitive=True,
        env_ignore_empty=True,
        populate_by_name=True,
        extra="ignore",
    )

    host: str = _setting(
        "KITH_HOST", "127.0.0.1", "a host name or address", "Where Kith listens; only loopback without authentication."
    )
    port: int = _setting(
        "KITH_PORT", 8000, "0 to 65535; 0 takes a free one", "The port that Kith listens on.", ge=0, le=65535
    )
    data: Path = _setting(
        "KITH_DATA", Path(".kith"), "a folder that can be written", "Where the local Neo4j and its password are kept."
    )
    cache: Path | None = _setting(
        "KITH_CACHE",
        None,
        "a folder that can be written",
        "Where the Neo4j jars are kept; the user's cache folder when not set.",
    )
    world: Literal["none", "small", "medium", "large"] = _setting(
        "KITH_WORLD", "small", "none, small, medium or large", "The generated world an empty graph starts with."
    )
    memory: Memory = _setting(
        "KITH_MEMORY",
        "640m",
        "256m or more, as a number with k, m or g",
        "Heap and page cache of the local Neo4j together; the process takes some 300 MB more.",
    )
    neo4j_uri: Annotated[str | None, AfterValidator(_uri)] = _setting(
        "NEO4J_URI",
        None,
        "bolt://host:port or neo4j://host:port, also with +s or +ssc",
        "A Neo4j server to use instead of the local one.",
    )
    neo4j_user: str = _setting("NEO4J_USER", "neo4j", "a user name", "The user at NEO4J_URI.")
    neo4j_password: SecretStr | None = _setting("NEO4J_PASSWORD", None, "any text", "The password at NEO4J_URI.")
    neo4j_database: str = _setting("NEO4J_DATABASE", "neo4j", "a database name", "The database at NEO4J_URI.")
    caller: str | None = _setting(
        "KITH_CALLER",
        None,
        "the id of a User",
        "Who is asking; when not set, the generated world's own user, or nobody.",
    )
    tie_k: float = _setting(
        "KITH_TIE_K",
        1.15,
        "a number above 0",
        "The raw weight of contact at which a tie scores 63; by default the demo world's median tie scores 50.",
        gt=0,
        allow_inf_nan=False,
    )
    currency: Annotated[str, AfterValidator(_currency)] = _setting(
        "KITH_CURRENCY", "USD", "a code of ISO 4217", "The currency that sums over several currencies are told in."
    )
    rates: Rates = _setting(
        "KITH_RATES",
        {},
        "CODE=RATE pairs with commas, such as EUR=1.08,SEK=0.095; each rate above 0",
        "Units of KITH_CURRENCY for one unit of each other currency.",
    )
    statement_seconds: float = _setting(
        "KITH_STATEMENT_SECONDS",
        10.0,
        "a number above 0, 3600 at most",
        "Time limit of one statement in the database.",
        gt=0,
        le=3600,
    )
    max_depth: int = _setting(
        "KITH_MAX_DEPTH", 15, "1 to 100", "How deep a GraphQL document may be nested.", ge=1, le=100
    )
    max_aliases: int = _setting(
        "KITH_MAX_ALIASES", 60, "0 to 10000", "How many aliases a GraphQL document may have.", ge=0, le=10_000
    )
    max_tokens: int = _setting(
        "KITH_MAX_TOKENS",
        4000,
        "100 to 1000000",
        "How many tokens a GraphQL document may have.",
        ge=100,
        le=1_000_000,
    )
    max_cost: int = _setting(
        "KITH_MAX_COST",
        200_000,
        "1 to 1000000000",
        "How many records a question may ask for: over all connections the sum of the products of `first`.",
        ge=1,
        le=1_000_000_000,
    )
    max_body: int = _setting(
        "KITH_MAX_BODY", MEBIBYTE, "1024 to 1073741824", "How many bytes a request may have.", ge=1024, le=1 << 30
    )

    @classmethod
    def read(cls, **chosen: object) -> Settings:
        """The settings of this process: `chosen` (by field name) first, then the environment, then the defaults.

        Raises `Invalid` that names every wrong setting, the value given and what is allowed.
        """
        try:
            return cls(**chosen)  # type: ignore[arg-type]  # checked by pydantic, which is what may fail here
        except ValidationError as error:
            raise Invalid(
                "\n".join(cls._complaint(problem) for problem in error.errors(include_url=False)),
                remedy="Set these variables to an allowed value, or unset them to take the default.",
            ) from None

    @classmethod
    def table(cls) -> tuple[SettingLine, ...]:
        """Every setting with its default, what is allowed and what it does, in the order of declaration."""
        return tuple(cls._line(name) for name in cls.model_fields)

    @classmethod
    def _line(cls, name: str) -> SettingLine:
        field = cls.model_fields[name]
        extra = field.json_schema_extra
        assert isinstance(extra, dict)
        assert isinstance(field.validation_alias, str)
        assert field.description is not None
        default = "" if field.default in (None, {}) else str(field.default)
        return SettingLine(field.validation_alias, default, str(extra["allowed"]), field.description)

    @classmethod
    def _complaint(cls, problem: Mapping[str, Any]) -> str:
        named = str(problem["loc"][0])
        line = next(line for key in cls.model_fields if named in (key, (line := cls._line(key)).name))
        value = "(hidden)" if "PASSWORD" in line.name else repr(problem["input"])
        return f"{line.name} is {value}; allowed is {line.allowed}."
