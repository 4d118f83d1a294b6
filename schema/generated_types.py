"""Where the types made from the models live; strawberry looks their names up here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:

    class Node:
        """Made at run time."""

    class Party:
        """Made at run time."""

    class Account:
        """Made at run time."""

    class Contact:
        """Made at run time."""

    class User:
        """Made at run time."""

    class Product:
        """Made at run time."""

    class Confidence:
        """Made at run time."""
