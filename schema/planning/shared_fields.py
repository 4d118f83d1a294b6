"""Fields that the types below a super-label share, so that one branch of a statement serves all of them."""

from __future__ import annotations

from graph.query.selection import Field, Leaf, Many, MoneyLeaf, One, Typename
from graph.vocabulary import Entity


def is_shared_link(name: str | None, super_model: Entity, model: Entity) -> bool:
    """Whether a name is a link that a type inherits unchanged from its super-label."""
    return name is not None and name in model.links and super_model.links.get(name) is model.links[name]


def is_shared(field: Field, super_model: Entity, model: Entity) -> bool:
    """Whether a field of a type means the same on its super-label."""
    if isinstance(field, One | Many):
        return is_shared_link(field.link if isinstance(field, One) else field.page.link, super_model, model)
    is_property = isinstance(field, Leaf | MoneyLeaf) and field.property in super_model.properties
    return is_property or isinstance(field, Typename)
