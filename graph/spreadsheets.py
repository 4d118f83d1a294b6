"""Texts in files that spreadsheets open."""

from __future__ import annotations

# A spreadsheet takes a text that begins with one of these for a formula, also after spaces.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(text: str) -> str:
    """Returns a text that a spreadsheet does not take for a formula: a leading apostrophe makes it a text.

    >>> harmless("=1+1"), harmless("Kith"), harmless("  @SUM(A1)")
    ("'=1+1", 'Kith', "'  @SUM(A1)")
    """
    return f"'{text}" if text.lstrip(" \u00a0\u200b\ufeff").startswith(_FORMULA) else text.replace("\x00", "")
