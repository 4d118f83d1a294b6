"""The declaration of one setting, from which its check, its help and its documentation follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import Field


def setting(name: str, default: object, allowed: str, description: str, **bounds: float) -> Any:
    """Declares a setting: its variable, its default, its allowed values in words and its description."""
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
    """A row of the table of settings in `--help` and in the documentation."""

    name: str
    default: str
    allowed: str
    description: str
