"""The object types that are derived from the models: records, connections, edges and root fields."""

from __future__ import annotations

from graph.kinds import kinds
from graph.mutations.activities import KIND
from graph.query.builder import COMPUTED
from graph.query.values import Money, ValueType
from graph.search.lucene import MOST_WORDS
from graph.vocabulary import READ_ONLY, Link, concrete
from schema import generated_types
from schema.aggregates import aggregate_fields, make_aggregates
from schema.exposure import EXPOSED_TYPES, LABELS, VERSION, ExposedType, connection_name, graphql_name
from schema.inputs import target_face
from schema.insights.registry import insights_on, record_roots
from schema.typing import Argument, Field, Member, enumeration, optional, output, type_name
from schema.values import DEFAULT_PAGE, PageInfo, SearchHit, arguments, graphql_type, make_money_input, object_type

FIRST = Argument("first", "int", "The maximum number of records, from 0 to 1000.", DEFAULT_PAGE)
PAGE = (
    Argument(
        "first",
        optional("int"),
        "The number of records from the start of the list, from 0 to 1000. It applies unless `last` is set.",
        DEFAULT_PAGE,
    ),
    Argument("after", optional("str"), "The cursor after which the page starts, such as the `endCursor` of a page."),
    Argument(
        "last",
        optional("int"),
        "The number of records from the end of the list, from 0 to 1000, in the same order. Do not combine it with "
        "`first`.",
    ),
    Argument("before", optional("str"), "The cursor before which the page ends, such as the `startCursor` of a page."),
)
INCLUDE_DELETED = Argument(
    "includeDeleted", optional("bool"), "Whether to include deleted records, which not every caller may read.", False
)
AS_OF = Argument("asOf", optional("DateTime"), "The point in time; the default is now.")
BELOW = Argument(
    "below",
    optional("Hierarchy"),
    "The hierarchy whose accounts below this one count too; each record is listed once. The default is this account "
    "alone.",
)
SECURED = " Secured: null, and in `extensions.masked`, if you may not read it."
WITHHELD = "The number of records here that you may not read, each once; neither the page nor a condition changes it."
HIERARCHY = Argument("hierarchy", "Hierarchy", "The hierarchy to follow.", Member("Hierarchy", "CRM"))


def property_field(face: ExposedType, name: str) -> Field:
    """Returns the field of a property."""
    declared = face.model.properties[name]
    written = type_name(declared)
    nullable = not declared.required and not written.startswith("list")
    description = f"{declared.description}{SECURED if declared.secured else ''}"
    return Field(name, optional(written) if nullable else written, description, title=declared.title)


def link_arguments(link: Link) -> tuple[Argument, ...]:
    """Returns the arguments of a link, which depend on its kind."""
    found = []
    if link.hierarchical:
        found.append(HIERARCHY)
    if link.dated:
        found.append(AS_OF)
    if link.one:
        return tuple(found)
    if link.takes_depth:
        found.append(
            Argument(
                "maxDepth", optional("int"), "The maximum number of levels below the account; the default is no limit."
            )
        )
    if link.takes_below:
        found.append(BELOW)
    found += PAGE
    target = target_face(link).name
    if link.takes_kinds:
        found.append(_kinds_argument(link.target))
    found.append(Argument("where", optional(f"{target}Where"), "The conditions that the records must meet."))
    if not link.order:
        found.append(_order_argument(target_face(link)))
    return tuple(found)


def _kinds_argument(label: str) -> Argument:
    name = enumeration(kinds(label))
    return Argument("kinds", optional(f"list[{name}]"), "The kinds to include; the default is all.")


def _order_argument(face: ExposedType) -> Argument:
    order = ", ".join(f"`{name}`" for name, _ in face.model.order) or "id"
    return Argument(
        "orderBy",
        optional(f"list[{face.name}Order]"),
        f"The sort keys, the most significant first; the default is {order}.",
    )


def link_field(face: ExposedType, name: str) -> Field:
    """Returns the field of a link: one record, or a connection."""
    link = face.model.links[name]
    target = target_face(link)
    if link.one:
        written = target.name if link.required else optional(target.name)
    else:
        written = f"{connection_name(link)}Connection"
    return Field(name, written, link.description, link_arguments(link), title=link.title)


def _connection(name: str, target: str, link: Link | None) -> None:
    if hasattr(generated_types, f"{name}Connection"):
        return
    own = []
    if link is not None:
        for one in link.model.properties.values():
            if not one.hidden:
                written = type_name(one)
                typed = written if written.startswith("list") else optional(written)
                own.append(Field(one.name, typed, one.description, title=one.title))
    carried = " and the properties of the relationship" if own else ""
    output(
        f"{name}Edge",
        f"An edge of {name}Connection: a record with its cursor{carried}.",
        [
            Field("cursor", "str", "The position of the edge in the list: a value for `after`."),
            Field("node", target, "The record."),
            *own,
        ],
    )
    output(
        f"{name}Connection",
        f"A page of records of type {target}.",
        [
            Field(
                "edges",
                f"list[{name}Edge]",
                "The records with their cursors and the properties of their relationships.",
            ),
            Field("nodes", f"list[{target}]", "The records without their edges."),
            Field("pageInfo", "PageInfo", "The position of the page in the list."),
            Field("totalCount", "int", "The number of records in the whole list, over all pages."),
            Field("withheld", "int", WITHHELD),
            *aggregate_fields(EXPOSED_TYPES[LABELS[target]]),
        ],
    )


def make_outputs() -> None:
    """Creates the interfaces, then every record type with its connections."""
    make_money_input()
    for value in (Money, PageInfo, SearchHit):
        object_type(value)
    for face in EXPOSED_TYPES.values():
        for name in face.properties:
            type_name(face.model.properties[name])
        for name in face.links:
            for carried in face.model.links[name].model.properties.values():
                type_name(carried)
    interfaces: dict[str, type] = {}
    identity = Field("id", "ID", "The id: opaque, and unique across all types.")
    for label in ("Record", "Party", "Activity"):
        face = EXPOSED_TYPES[label]
        bases: tuple[type, ...] = () if label == "Record" else (interfaces["Record"],)
        interfaces[label] = output(
            face.name, face.model.description, [identity, *_fields(face)], bases=bases, interface=True
        )
    for face in EXPOSED_TYPES.values():
        make_aggregates(face)
        for name in face.links:
            link = face.model.links[name]
            if not link.one:
                _connection(connection_name(link), graphql_name(link.target), link if link.connection else None)
        if face.model.plural:
            _connection(face.name, face.name, None)
        if face.model.concrete:
            closest = [label for label in interfaces if label in face.model.labels][-1:]
            bases = tuple(interfaces[label] for label in closest)
            output(face.name, face.model.description, [identity, *_fields(face)], bases=bases)


def _fields(face: ExposedType) -> list[Field]:
    own = [property_field(face, name) for name in face.properties]
    if VERSION in face.properties:
        text = (
            "The version of the record: opaque, and new after every change. Send it as `ifVersion` to detect conflicts."
        )
        own.insert(0, Field("version", "str", text))
    links = [link_field(face, name) for name in face.links]
    return own + links + _computed_fields(face) + insight_fields(face.model.label)


def _computed_fields(face: ExposedType) -> list[Field]:
    found = []
    for name in face.fields:
        one = COMPUTED[f"{face.model.label}.{name}"]
        assert one.returns is not None
        type_ = graphql_type(ValueType(one.returns, one.many))
        found.append(Field(name, type_, one.description, arguments(one.arguments)))
    return found


def insight_fields(type_name: str) -> list[Field]:
    """Returns the fields of the insights on a type."""
    return [
        Field(one.name, graphql_type(one.returns), one.description, arguments(one.arguments))
        for one in insights_on(type_name)
    ]


def root_fields() -> list[Field]:
    """Returns the root fields: `account(id)` and `accounts(…)` for every entity, `node(id)`, `search(…)`, insights."""
    found = [
        Field(
            "node",
            "Node",
            "The record with this id; null if it does not exist or you may not read it.",
            (Argument("id", "ID", "The id."), INCLUDE_DELETED),
        ),
        Field(
            "search",
            "list[SearchHit]",
            "Full-text search in names, titles, numbers, email and web addresses and phone numbers. The best hits come "
            "first: texts that equal the search text, then titles that begin with it, then shorter titles.",
            (
                Argument(
                    "text",
                    "str",
                    f"The words to find, at most {MOST_WORDS}. A record must have a word that begins with each of "
                    "them. Case, accents and punctuation make no difference, nor does the notation of a phone number.",
                ),
                _kinds_argument("Record"),
                FIRST._replace(default=20),
                Argument("after", optional("str"), "The `cursor` of the hit after which the page starts."),
                Argument("fuzzy", "bool", "Whether to find names despite typing errors in longer words.", False),
            ),
        ),
    ]
    for face in EXPOSED_TYPES.values():
        deletable = () if face.model.label in READ_ONLY else (INCLUDE_DELETED,)
        if face.model.concrete:
            identity = Argument("id", "ID", "The id.")
            found.append(Field(face.one, face.name, face.model.description, (identity, *deletable)))
        if face.model.plural:
            found.append(_root_connection(face, deletable))
    # A root field that fails is null, so that the others keep their values.
    return [one._replace(type=optional(one.type)) for one in found + insight_fields("Query") + _record_roots()]


def _record_roots() -> list[Field]:
    found = []
    for name, (one, *_) in record_roots().items():
        about = Argument(str(one.about), "ID", "The id of the record.")
        found.append(Field(name, graphql_type(one.returns), one.description, (about, *arguments(one.arguments))))
    return found


def _root_connection(face: ExposedType, deletable: tuple[Argument, ...]) -> Field:
    several = () if face.model.concrete else (_kinds_argument(face.model.label),)
    where = Argument("where", optional(f"{face.name}Where"), "The conditions that the records must meet.")
    return Field(
        face.model.plural,
        f"{face.name}Connection",
        f"A page of records. {face.model.description}",
        (*PAGE, *several, where, _order_argument(face), *deletable),
    )


def enumerations() -> None:
    """Creates the enumerations that no property has as its type."""
    enumeration(KIND, deprecated={label: label for label in concrete("Activity")})
