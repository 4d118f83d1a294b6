"""The access of the roles that come with the product, without a graph."""

from __future__ import annotations

from graph.policy import access_of
from graph.rights import FieldPermission, Holder, Privilege, Rights, RoleRights
from graph.roles import PRODUCT_ROLES


def rights(key: str, *, without: str = "") -> Rights:
    """The rights of a user with one role of the product, less some privileges."""
    (role,) = (one for one in PRODUCT_ROLES if one.key == key)
    privileges = tuple(Privilege.parse(text) for text in role.privileges if not text.startswith(without or "-"))
    fields = tuple(map(FieldPermission.parse, role.fields))
    return Rights((Holder("user", None, (), (RoleRights(key, key, privileges, role.reads_deleted, fields),)),))


def test_an_administrator_is_not_restricted() -> None:
    shape = access_of(rights("administrator")).shape
    assert shape.unrestricted
    assert shape.may_read_deleted


def test_every_other_role_is_restricted() -> None:
    for one in PRODUCT_ROLES:
        if one.key != "administrator":
            assert not access_of(rights(one.key)).shape.unrestricted, one.key


def test_whoever_lacks_one_privilege_of_an_administrator_is_restricted() -> None:
    for text in next(one for one in PRODUCT_ROLES if one.key == "administrator").privileges:
        assert not access_of(rights("administrator", without=text)).shape.unrestricted, text
