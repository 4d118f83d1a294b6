"""What can be changed: the verbs as mutations, a file for each subject."""

from __future__ import annotations

from schema.mutations.accounts import make_account_verbs
from schema.mutations.activities import make_activity_verbs
from schema.mutations.opportunities import make_opportunity_verbs
from schema.mutations.people import make_people_verbs
from schema.mutations.records import make_plain
from schema.mutations.registry import mutation_fields
from schema.typing import Field


def make_verbs() -> list[Field]:
    """Makes every verb with its inputs, and gives the fields of the mutation root in alphabetical order."""
    make_account_verbs()
    make_people_verbs()
    make_opportunity_verbs()
    make_activity_verbs()
    make_plain()
    return sorted(mutation_fields())
