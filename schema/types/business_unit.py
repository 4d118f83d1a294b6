"""A business unit, as callers see it."""

from __future__ import annotations

from schema.exposure import shows

shows("BusinessUnit", "name description", links="parent children users teams")
