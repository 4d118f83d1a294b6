"""Version 3: events have a position, and typed changes on the relationship to the record."""

from __future__ import annotations

from graph.migrations.registry import Change, step
from graph.store import Statement

_OLD = {"01N50": "only older data has these labels and types", "01N51": "as above", "01N52": "as above"}

PENDING = Statement(
    "migration.typed_events.pending",
    "MATCH (event:Event) WHERE event.verb IS NOT NULL RETURN count(event) AS pending",
    expected=_OLD,
)

# The names are those of version 1, because the models may change after a step. A text was `key=value`. A key that is
# neither a property nor a link of the subject belongs to the link that the mutation set, such as `manager.role`.
APPLY = Statement(
    "migration.typed_events.apply",
    r"""MATCH (event:Event) WHERE event.verb IS NOT NULL
WITH event ORDER BY event.at, event.uid
CALL (event) {
  WITH event, head(COLLECT { MATCH (event)-[:SUBJECT]->(record) RETURN record }) AS record,
    ['account', 'contact', 'customer', 'lifted', 'manager', 'master', 'member', 'opportunity', 'originCase', 'owner',
     'parent', 'primaryContact', 'product', 'regarding', 'replyTo', 'report', 'responsibleContact', 'unit',
     'FROM', 'TO', 'CC', 'BCC', 'REQUIRED', 'OPTIONAL', 'ORGANIZER', 'OWNER', 'REGARDING', 'RESOURCE', 'CUSTOMER']
      AS links,
    {reparentAccount: 'parent', assignManager: 'manager', addTeamMember: 'member', removeTeamMember: 'member',
     moveContact: 'account', setManager: 'manager'}[event.verb] AS link,
    ['actualValue', 'budgetAmount', 'creditLimit', 'currentCost', 'estimatedAmount', 'estimatedValue', 'price',
     'revenue', 'standardCost', 'totalAmount', 'freight', 'tax'] AS moneys,
    ['accessRights', 'closeProbability', 'customerSatisfaction', 'employees', 'numberOfChildIncidents',
     'percentComplete', 'severity'] AS integers,
    ['sentimentValue', 'winPercentage', 'effort', 'weight', 'quantity', 'sharePct', 'votingPct'] AS floats,
    ['creditOnHold', 'doNotEmail', 'doNotPhone', 'gdprOptOut', 'isAllDayEvent', 'isDirect', 'isDisabled',
     'isEscalated', 'isPrimary', 'isRequired', 'leftVoiceMail'] AS booleans
  WITH *, [side IN [event.before, event.after] | [place IN range(0, size(side) - 1) |
    {place: place, key: split(side[place], '=')[0], text: substring(side[place], size(split(side[place], '=')[0]) + 1)}
  ]] AS parsed
  WITH *, [side IN parsed | [one IN side | {key: one.key, text: one.text, field: CASE
      WHEN one.key IN links THEN one.key
      WHEN link IS NOT NULL THEN link + '.' + one.key
      WHEN event.verb = 'createContact' AND any(other IN side WHERE other.key = 'account' AND other.place < one.place)
        THEN 'account.' + one.key
      ELSE one.key
    END}]] AS sides
  WITH *, reduce(found = [], one IN sides[0] + sides[1] |
    CASE WHEN one.field IN found THEN found ELSE found + [one.field] END) AS named
  WITH *, [field IN named WHERE NOT (field ENDS WITH 'Base' AND left(field, size(field) - 4) IN moneys)
    AND NOT (field ENDS WITH 'Currency' AND left(field, size(field) - 8) IN named)] AS fields
  CALL (event, record, sides, fields, links, moneys, integers, floats, booleans) {
    WITH * WHERE record IS NOT NULL
    CREATE (event)-[changed:CHANGED {isSubject: true, fields: fields,
      linkFields: [field IN fields WHERE field IN links]}]->(record)
    WITH *
    UNWIND fields AS field
    UNWIND [{name: 'before', texts: sides[0]}, {name: 'after', texts: sides[1]}] AS side
    WITH *, [one IN side.texts WHERE one.field = field] AS own
    WHERE own <> []
    WITH *, own[0].key AS key, own[0].text AS text
    SET changed[side.name + '.' + field] = CASE
      WHEN field IN links THEN [one IN own | one.text]
      WHEN size(own) > 1 THEN [one IN own | one.text]
      WHEN key IN moneys OR key IN integers THEN coalesce(toInteger(text), text)
      WHEN key IN floats THEN coalesce(toFloat(text), text)
      WHEN key IN booleans THEN coalesce(toBoolean(text), text)
      WHEN key IN ['actualCloseDate', 'birthDate', 'estimatedCloseDate', 'openedOn']
        AND text =~ '\\d{4}-\\d\\d-\\d\\d' THEN date(text)
      WHEN key IN ['endedAt', 'openedAt', 'resolvedAt', 'startedAt', 'submitDate', 'validFrom', 'validTo']
        AND text =~ '\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z' THEN datetime(text)
      WHEN key = 'roles' THEN split(substring(text, 1, size(text) - 2), ', ')
      ELSE text
    END
    // A currency that did not change was not in the text: it is the one that the record still has.
    SET changed[side.name + '.' + field + '.currency'] = CASE WHEN key IN moneys THEN coalesce(
      head([one IN side.texts WHERE one.key = field + 'Currency' | one.text]),
      head([one IN sides[0] + sides[1] WHERE one.key = field + 'Currency' | one.text]),
      record[field + 'Currency']) END
  }
  WITH event
  OPTIONAL MATCH (event)-[old:SUBJECT]->()
  DELETE old
  SET event.actor = coalesce(event.who, 'anonymous'), event.mutation = event.verb
  REMOVE event.who, event.verb, event.subject, event.before, event.after
  MERGE (sequence:Sequence {name: 'events'})
  SET sequence.value = coalesce(sequence.value, 0) + 1
  SET event.position = sequence.value
} IN TRANSACTIONS OF $rows ROWS""",
    expected=_OLD,
)


@step(to=3, description="Give events a position and typed changes")
def typed_events() -> tuple[Change, ...]:
    """Converts events from nodes with texts to the form of decision 0010."""
    return (Change(PENDING, APPLY),)
