"""The settings of Kith: environment variables with a default, allowed values and a description."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ByteSize,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_settings import NoDecode, SettingsConfigDict

from graph.caller_settings import CallerSettings
from graph.errors import Invalid
from graph.setting import SettingLine
from graph.setting import setting as _setting
from graph.sign_in_settings import SignInSettings

_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5})?")
_KEY_PREFIX = "whsec_"
_LEAST_KEY = 24
_HIDDEN = ("PASSWORD", "SECRET")
MEBIBYTE = 1024 * 1024

SERVICE_SCHEMES = {"smtp_url": ("smtp", "smtps"), "webhook_url": ("http", "https")}
NEO4J_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


def _uri(value: str | None) -> str | None:
    if value is not None and (urlsplit(value).scheme not in NEO4J_SCHEMES or not urlsplit(value).hostname):
        raise ValueError("not the address of a Neo4j server")
    return value


def _address(value: str | None, info: ValidationInfo) -> str | None:
    """Checks the URL of a service that reports are sent to; the schemes are those of the setting."""
    if value is None:
        return None
    parts = urlsplit(value)
    try:
        port = parts.port
    except ValueError:
        raise ValueError("the port is wrong") from None
    schemes = SERVICE_SCHEMES[str(info.field_name)]
    if parts.scheme not in schemes or not parts.hostname or port == 0 or parts.username is not None:
        raise ValueError(f"not a URL with the scheme {' or '.join(schemes)} and a host, and without a user")
    return value


def _webhook_secret(value: SecretStr | None) -> SecretStr | None:
    if value is not None and webhook_key(value) is None:
        raise ValueError("not such a secret")
    return value


def webhook_key(secret: SecretStr) -> bytes | None:
    """Returns the key in the secret of a webhook; None if the text is not such a secret."""
    text = secret.get_secret_value()
    try:
        key = base64.b64decode(text.removeprefix(_KEY_PREFIX), validate=True)
    except ValueError:
        return None
    return key if text.startswith(_KEY_PREFIX) and len(key) >= _LEAST_KEY else None


def _currency(value: str) -> str:
    # Imported late: the supervisor of Neo4j reads settings too, and needs no currency.
    from graph.money import currencies

    if value not in currencies():
        raise ValueError(f"{value} is not the code of a currency that is legal tender")
    return value


def _pairs(value: object, validate: ValidatorFunctionWrapHandler, info: ValidationInfo) -> object:
    """Splits `EUR=1.08,SEK=0.095` into a mapping of texts for pydantic; the error names the whole text."""
    if isinstance(value, str):
        pairs = [pair.partition("=") for pair in value.split(",") if pair.strip()]
        codes = [code.strip() for code, _, _ in pairs]
        for code in codes:
            if codes.count(code) > 1:
                raise ValueError(f"{code} is there twice")
        value = dict(zip(codes, (rate for _, _, rate in pairs), strict=True))
    try:
        rates = validate(value)
    except ValidationError as error:
        raise ValueError(_first_reason(error)) from None
    if info.data.get("currency") in rates:
        raise ValueError(f"{info.data['currency']} is the base currency (KITH_CURRENCY), whose rate is 1")
    return rates


def _origins(value: object) -> object:
    if not isinstance(value, str):
        return value
    origins = tuple(origin.strip() for origin in value.split(",") if origin.strip())
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(f"{origin} is not an origin: a scheme, a host name and optionally a port, in lower case")
    return origins


def _first_reason(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    reason = problem["msg"].removeprefix("Value error, ")
    return f"the rate of {problem['loc'][0]} is wrong" if len(problem["loc"]) == 1 else reason


Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)]
# None is what the machine allows.
Memory = Annotated[
    Annotated[ByteSize, Field(ge=256_000_000)] | None,
    BeforeValidator(lambda value: None if value == "auto" else value),
]
Currency = Annotated[str, AfterValidator(_currency)]
# Within these bounds a rate times the largest amount can be computed exactly.
Rate = Annotated[Decimal, Field(ge=Decimal("1e-9"), le=Decimal("1e9"), max_digits=28)]
Rates = Annotated[dict[Currency, Rate], NoDecode, WrapValidator(_pairs)]


class Settings(CallerSettings):
    """The settings of a process; `Settings.read()` reads them from the environment once, at start."""

    model_config = SettingsConfigDict(
        frozen=True,
        case_sensitive=True,
        env_ignore_empty=True,
        populate_by_name=True,
        extra="ignore",
    )

    host: str = _setting(
        "KITH_HOST",
        "127.0.0.1",
        "a host name or address",
        "The address that Kith listens on. If other machines can reach it, everybody has to sign in.",
    )
    port: int = _setting(
        "KITH_PORT", 8000, "0 to 65535 (0 selects a free port)", "The port that Kith listens on.", ge=0, le=65535
    )
    cors_origins: Origins = _setting(
        "KITH_CORS_ORIGINS",
        (),
        "comma-separated origins such as https://crm.example,http://localhost:5173",
        "The origins whose pages may read the responses in a browser; by default only pages that Kith serves.",
    )
    data: Path = _setting(
        "KITH_DATA", Path(".kith"), "a writable folder", "The folder of the local Neo4j and its password."
    )
    cache: Path | None = _setting(
        "KITH_CACHE",
        None,
        "a writable folder",
        "The folder of the Neo4j jars; by default the user's cache folder.",
    )
    world: Literal["none", "small", "medium", "large"] = _setting(
        "KITH_WORLD", "small", "none, small, medium or large", "The demo world that is written into an empty graph."
    )
    memory: Memory = _setting(
        "KITH_MEMORY",
        "auto",
        "auto, or 256MB or more, as a number with a unit such as MB, MiB or GiB",
        "Heap and page cache of the local Neo4j together; the process needs about 300 MB more. With `auto` they take an"
        " eighth of the memory of the machine or container, at least 640 MiB and at most 4 GiB, but never more than a"
        " third of it.",
    )
    neo4j_uri: Annotated[str | None, AfterValidator(_uri)] = _setting(
        "NEO4J_URI",
        None,
        "a URI with the scheme bolt, bolt+s, bolt+ssc, neo4j, neo4j+s or neo4j+ssc",
        "The URI of a Neo4j server that is used instead of the local one.",
    )
    neo4j_user: str = _setting("NEO4J_USER", "neo4j", "a user name", "The user name for NEO4J_URI.")
    neo4j_password: SecretStr | None = _setting("NEO4J_PASSWORD", None, "any text", "The password for NEO4J_URI.")
    neo4j_database: str = _setting(
        "NEO4J_DATABASE", "neo4j", "a database name", "The name of the database at NEO4J_URI."
    )
    caller: str | None = _setting(
        "KITH_CALLER",
        None,
        "the id of a User",
        "The user on whose behalf requests without credentials are answered while no one has to sign in; by default the"
        " user of the demo world, if it is loaded.",
    )
    tie_k: float = _setting(
        "KITH_TIE_K",
        1.15,
        "a number above 0",
        "The raw strength at which a tie scores 63; with the default, the median tie of the demo world scores 50.",
        gt=0,
        allow_inf_nan=False,
    )
    currency: Currency = _setting(
        "KITH_CURRENCY",
        "USD",
        "an ISO 4217 code",
        "The base currency, in which sums over several currencies are given. Stored amounts are converted to it: after"
        " a change run `python -m graph revalue`.",
    )
    rates: Rates = _setting(
        "KITH_RATES",
        {},
        "comma-separated CODE=RATE pairs such as EUR=1.08,SEK=0.095: each code once, not KITH_CURRENCY, each rate from"
        " 1e-9 to 1e9",
        "The value of one unit of each other currency in KITH_CURRENCY. Stored amounts are converted with it: after a"
        " change run `python -m graph revalue`.",
    )
    columns: ByteSize = _setting(
        "KITH_COLUMNS",
        "512MiB",
        "0 or more, as a number with a unit such as MB, MiB or GiB",
        "The memory that columns may take, from which questions about the whole graph are answered; 0 turns them off.",
        ge=0,
    )
    beyond_access: bool = _setting(
        "KITH_BEYOND_ACCESS",
        False,
        "true or false",
        "Whether `introductionsBeyond` tells callers of paths through people whom they may not read, without naming"
        " these.",
    )
    prepare: bool = _setting(
        "KITH_PREPARE",
        True,
        "true or false",
        "Whether Kith requests each view of the explorer once after its start, while no other request is in progress,"
        " so that the first person who opens one does not wait for its plan.",
    )
    statement_seconds: float = _setting(
        "KITH_STATEMENT_SECONDS",
        10.0,
        "a number above 0, at most 3600",
        "The time limit of one database statement, in seconds; for reports it is at least 60.",
        gt=0,
        le=3600,
    )
    heavy_statements: int | None = _setting(
        "KITH_HEAVY_STATEMENTS",
        None,
        "1 to 100",
        "The number of database statements that take long and may run at the same time; by default as many as this"
        " machine has processors.",
        ge=1,
        le=100,
    )
    max_depth: int = _setting(
        "KITH_MAX_DEPTH", 15, "1 to 100", "The maximum depth of a GraphQL document.", ge=1, le=100
    )
    max_aliases: int = _setting(
        "KITH_MAX_ALIASES", 60, "0 to 10000", "The maximum number of aliases in a GraphQL document.", ge=0, le=10_000
    )
    max_tokens: int = _setting(
        "KITH_MAX_TOKENS",
        4000,
        "100 to 1000000",
        "The maximum number of tokens in a GraphQL document.",
        ge=100,
        le=1_000_000,
    )
    max_cost: int = _setting(
        "KITH_MAX_COST",
        200_000,
        "1 to 1000000000",
        "The maximum number of records a request may select: the sum of the products of `first` over all connections.",
        ge=1,
        le=1_000_000_000,
    )
    max_conditions: int = _setting(
        "KITH_MAX_CONDITIONS",
        100,
        "1 to 10000",
        "The maximum number of conditions in the filters of a request; one on a link or a computed field counts 5.",
        ge=1,
        le=10_000,
    )
    max_answer: int = _setting(
        "KITH_MAX_ANSWER",
        32 * MEBIBYTE,
        "1024 to 1073741824",
        "The maximum size of a response body, in bytes.",
        ge=1024,
        le=1 << 30,
    )
    max_body: int = _setting(
        "KITH_MAX_BODY",
        MEBIBYTE,
        "1024 to 1073741824",
        "The maximum size of a request body, in bytes.",
        ge=1024,
        le=1 << 30,
    )
    max_upload: int = _setting(
        "KITH_MAX_UPLOAD",
        100 * MEBIBYTE,
        "1024 to 10737418240",
        "The maximum size of a file that is uploaded for an import, in bytes.",
        ge=1024,
        le=10 << 30,
    )

    reports: Path | None = _setting(
        "KITH_REPORTS",
        None,
        "a writable folder",
        "The folder that scheduled reports are written to; by default `reports` in KITH_DATA.",
    )
    smtp_url: Annotated[str | None, AfterValidator(_address)] = _setting(
        "KITH_SMTP_URL",
        None,
        "a URL with the scheme smtp or smtps, such as smtp://mail.example:587",
        "The mail server that scheduled reports are sent through. With `smtp` the connection is encrypted if the server"
        " offers it, with `smtps` always.",
    )
    smtp_user: str | None = _setting("KITH_SMTP_USER", None, "a user name", "The user name for KITH_SMTP_URL.")
    smtp_password: SecretStr | None = _setting(
        "KITH_SMTP_PASSWORD",
        None,
        "any text",
        "The password for KITH_SMTP_URL; it is sent only over an encrypted connection.",
    )
    smtp_from: str = _setting(
        "KITH_SMTP_FROM", "kith@localhost", "an email address", "The address that scheduled reports are sent from."
    )
    webhook_url: Annotated[str | None, AfterValidator(_address)] = _setting(
        "KITH_WEBHOOK_URL",
        None,
        "a URL with the scheme http or https",
        "The URL that scheduled reports are sent to as the body of a POST request.",
    )
    webhook_secret: Annotated[SecretStr | None, AfterValidator(_webhook_secret)] = _setting(
        "KITH_WEBHOOK_SECRET",
        None,
        "`whsec_` and at least 24 bytes in Base64",
        "The secret that requests to KITH_WEBHOOK_URL are signed with, as Standard Webhooks defines it.",
    )

    @classmethod
    def read(cls, **overrides: object) -> Settings:
        """Reads the settings: `overrides` (by field name) first, then the environment, then the defaults.

        Raises `Invalid` with one line per wrong setting: its name, its value and the allowed values.
        """
        try:
            return cls(**overrides)  # type: ignore[arg-type]  # pydantic checks the types
        except ValidationError as error:
            raise Invalid(
                "\n".join(cls._message(problem) for problem in error.errors(include_url=False)),
                remedy="Set these variables to an allowed value, or unset them to use the default.",
            ) from None

    @classmethod
    def table(cls) -> tuple[SettingLine, ...]:
        """Returns every setting with its default, allowed values and description, those of signing in last."""
        own = [name for name in cls.model_fields if name not in SignInSettings.model_fields]
        return tuple(cls._line(name) for name in (*own, *SignInSettings.model_fields))

    @classmethod
    def _line(cls, name: str) -> SettingLine:
        field = cls.model_fields[name]
        extra = field.json_schema_extra
        assert isinstance(extra, dict)
        assert isinstance(field.validation_alias, str)
        assert field.description is not None
        values = field.default if isinstance(field.default, tuple) else (field.default,)
        default = "" if field.default in (None, {}, ()) else ",".join(map(str, values))
        return SettingLine(field.validation_alias, default, str(extra["allowed"]), field.description)

    @classmethod
    def _message(cls, problem: Mapping[str, Any]) -> str:
        location = str(problem["loc"][0])
        line = next(line for key in cls.model_fields if location in (key, (line := cls._line(key)).name))
        value = "(hidden)" if line.name.endswith(_HIDDEN) else repr(problem["input"])
        reason = problem.get("ctx", {}).get("error")
        return f"{line.name} must be {line.allowed}; got {value}{f': {reason}' if reason else ''}."
