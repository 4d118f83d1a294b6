"""The texts of the questions: GraphQL for Kith and for PostGraphile, and SQL that returns the same answer as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from bench.queries import QUERIES


@dataclass(frozen=True, slots=True)
class Texts:
    """A question in the languages of the servers. The variables of all have the same names and the same order."""

    kith: str
    postgraphile: str
    by_hand: str


_QUERIES = {query.key: query.kith for query in QUERIES}

_PLAIN = "name firstName lastName jobTitle department emailAddress1 mobilePhone city country"
POINT = Texts(
    _QUERIES["one"],
    "query ($id: String!) { account: accountByUid(uid: $id) { id: uid name city } }",
    "SELECT json_build_object('account', json_build_object('id', uid, 'name', name, 'city', city))"
    " FROM account WHERE uid = $1",
)
NESTED = Texts(
    _QUERIES["tree"],
    """{ accounts: allAccounts(first: 20, orderBy: [UID_ASC]) { nodes { id: uid name contacts: contactsByAccountId {
    nodes { id: uid name calls: timeline(first: 2) { nodes { id: uid subject } } } } } } }""",
    """SELECT json_build_object('accounts', json_agg(json_build_object('id', uid, 'name', name, 'contacts', (
      SELECT coalesce(json_agg(json_build_object('id', uid, 'name', name, 'calls', (
        SELECT coalesce(json_agg(row), '[]') FROM (
          SELECT uid AS id, subject FROM participation JOIN activity ON activity.id = activity_id
          WHERE party_id = contact.id ORDER BY started_at DESC, uid LIMIT 2
        ) AS row
      ))), '[]') FROM contact WHERE account_id = account.id
    )) ORDER BY uid)) FROM (SELECT * FROM account ORDER BY uid LIMIT 20) AS account""",
)
PAGE = Texts(
    _QUERIES["page"],
    f"{{ contacts: allContacts(first: 1000, orderBy: [UID_ASC]) {{ nodes {{ id: uid {_PLAIN} }} }} }}",
    """SELECT json_build_object('contacts', json_agg(row)) FROM (
      SELECT uid AS id, name, first_name AS "firstName", last_name AS "lastName", job_title AS "jobTitle", department,
        email_address1 AS "emailAddress1", mobile_phone AS "mobilePhone", city, country
      FROM contact ORDER BY uid LIMIT 1000
    ) AS row""",
)

_KITH_FIGURES = "accounts openOpportunities openPipeline { amount } wonOpportunities won { amount }"
_FIGURES = "accounts openOpportunities openPipeline wonOpportunities won"
_SQL_FIGURES = (
    "json_build_object('accounts', accounts, 'openOpportunities', open_opportunities,"
    " 'openPipeline', open_pipeline, 'wonOpportunities', won_opportunities, 'won', won)"
)
ROLLUP = Texts(
    f"query ($id: ID!) {{ account(id: $id) {{ rollup {{ {_KITH_FIGURES} }} }} }}",
    f"query ($id: String!) {{ account: accountByUid(uid: $id) {{ rollup {{ {_FIGURES} }} }} }}",
    f"SELECT json_build_object('account', json_build_object('rollup', {_SQL_FIGURES}))"
    " FROM account, account_rollup(account) WHERE uid = $1",
)
ROLLUPS = Texts(
    "query ($ids: [ID!]) { accounts(first: 50, where: {id: {in: $ids}}) "
    f"{{ nodes {{ id name rollup {{ {_KITH_FIGURES} }} }} }} }}",
    "query ($ids: [String!]!) { accounts: accountsByUids(uids: $ids) "
    f"{{ nodes {{ id: uid name rollup {{ {_FIGURES} }} }} }} }}",
    "SELECT json_build_object('accounts', json_agg(json_build_object('id', uid, 'name', name, 'rollup', "
    f"{_SQL_FIGURES}) ORDER BY uid)) FROM account, account_rollup(account) WHERE uid = ANY ($1::text[])",
)
DESCENDANTS = Texts(
    "query ($id: ID!) { account(id: $id) { descendants(first: 1000) { nodes { id } } } }",
    "query ($id: String!) { account: accountByUid(uid: $id) { descendants(first: 1000) { nodes { id: uid } } } }",
    """SELECT json_build_object('account', json_build_object('descendants', json_agg(row))) FROM (
      SELECT below.uid AS id FROM account, account_descendants(account) AS below WHERE account.uid = $1 LIMIT 1000
    ) AS row""",
)
INTRODUCTIONS = Texts(
    "query ($from: ID!, $to: ID!) { introductions(from: $from, to: $to, first: 3, maxHops: 3, minStrength: 0) "
    "{ hops { from { id } to { id } } } }",
    "query ($from: String!, $to: String!) { introductions(fromUid: $from, toUid: $to) { nodes { people } } }",
    "SELECT json_build_object('introductions', coalesce(json_agg(json_build_object('people', people)), '[]'))"
    " FROM introductions($1, $2)",
)
CHART = Texts(
    "query ($id: ID!) { account(id: $id) { orgChart { "
    "seats { contactId managerId level span descendants jobTitle } } } }",
    "query ($id: String!) { account: accountByUid(uid: $id) { orgChart { "
    "seats: nodes { contactId managerId level span descendants jobTitle } } } }",
    """SELECT json_build_object('account', json_build_object('orgChart', json_build_object('seats', json_agg(row))))
    FROM (
      SELECT contact_id AS "contactId", manager_id AS "managerId", level, span, descendants, job_title AS "jobTitle"
      FROM account, LATERAL (SELECT * FROM account_org_chart(account)) AS seat WHERE uid = $1
    ) AS row""",
)
ACCOUNT = Texts(
    """query ($id: ID!) { account(id: $id) {
  id name
  rollup {
    accounts depth contacts openPipeline { amount } won { amount } winRate
    byChild { own accounts won { amount } account { id name } }
  }
  opportunities(first: 20) { nodes { id name state estimatedValue { amount currency } } }
  timeline(first: 20) { nodes { id subject startedAt } }
  contacts(first: 50) { nodes { id name jobTitle } }
} }""",
    """query ($id: String!) { account: accountByUid(uid: $id) {
  id: uid name
  rollup { accounts openPipeline won winRate }
  shape { depth contacts }
  rollupByChild { nodes { own accounts won id: uid name } }
  opportunities: opportunitiesByAccountId(first: 20, orderBy: [UID_ASC]) {
    nodes { id: uid name state amount currency }
  }
  timeline(first: 20) { nodes { id: uid subject startedAt } }
  contacts: contactsByAccountId(first: 50, orderBy: [UID_ASC]) { nodes { id: uid name jobTitle } }
} }""",
    """SELECT json_build_object('account', json_build_object(
      'id', account.uid,
      'name', account.name,
      'rollup', json_build_object('accounts', accounts, 'openPipeline', open_pipeline, 'won', won, 'winRate', win_rate),
      'shape', (SELECT row_to_json(shape) FROM account_shape(account) AS shape),
      'rollupByChild', (SELECT json_agg(row) FROM (
        SELECT own, accounts, won, uid AS id, name FROM account_rollup_by_child(account)
      ) AS row),
      'opportunities', (SELECT coalesce(json_agg(row), '[]') FROM (
        SELECT uid AS id, name, state, opportunity_amount(opportunity) AS amount, currency
        FROM opportunity WHERE account_id = account.id ORDER BY uid LIMIT 20
      ) AS row),
      'timeline', (SELECT coalesce(json_agg(row), '[]') FROM (
        SELECT uid AS id, subject, started_at AS "startedAt" FROM account_timeline(account) LIMIT 20
      ) AS row),
      'contacts', (SELECT coalesce(json_agg(row), '[]') FROM (
        SELECT uid AS id, name, job_title AS "jobTitle" FROM contact
        WHERE account_id = account.id ORDER BY uid LIMIT 50
      ) AS row)
    )) FROM account, account_rollup(account) WHERE account.uid = $1""",
)
FILTER = Texts(
    '{ accounts(first: 50, where: {contacts: {some: {jobTitle: {eq: "Chief Financial Officer"}}}, '
    "opportunities: {none: {state: {eq: LOST}}}}) { totalCount nodes { id name } } }",
    '{ accounts: accountsWithTitle(title: "Chief Financial Officer", withoutState: "LOST", first: 50) '
    "{ totalCount nodes { id: uid name } } }",
    """SELECT json_build_object('accounts', json_build_object(
      'totalCount', count(*), 'nodes', coalesce((array_agg(json_build_object('id', uid, 'name', name)))[:50], '{}')
    )) FROM accounts_with_title('Chief Financial Officer', 'LOST')""",
)
SEARCH = Texts(
    "query ($text: String!) { search(text: $text, first: 10) { node { id } } }",
    "query ($text: String!) { search(searchText: $text, first: 10) { nodes { id: uid } } }",
    "SELECT json_build_object('search', coalesce(json_agg(row), '[]'))"
    " FROM (SELECT uid AS id FROM search($1) LIMIT 10) AS row",
)
LOG = Texts(
    "mutation ($input: LogActivityInput!) { logActivity(input: $input) { activity { id } } }",
    "mutation ($input: LogActivityInput!) { logActivity(input: $input) { activity: result { id: uid } } }",
    """SELECT json_build_object('logActivity', json_build_object('activity', json_build_object('id', uid)))
    FROM CAST($1 AS json) AS input, log_activity(input->>'kind', input->>'subject', ARRAY(
      SELECT (one->>'party', one->>'role')::participant FROM json_array_elements(input->'participants') AS one
    ))""",
)
LOGGED = Texts(
    "query ($from: ID!, $to: ID!) { tie(from: $from, to: $to) { interactions points: strength } "
    "contact(id: $to) { timeline(first: 1) { nodes { subject status } } } }",
    "query ($from: String!, $to: String!) { tie: tieBetween(fromUid: $from, toUid: $to) { interactions points } "
    "contact: contactByUid(uid: $to) { timeline(first: 1) { nodes { subject status } } } }",
    """SELECT json_build_object(
      'tie', (SELECT json_build_object('interactions', tie_interactions(tie), 'points', tie_points(tie))
        FROM tie_between($1, $2) AS tie),
      'contact', (SELECT json_build_object('timeline', (SELECT json_agg(row) FROM (
        SELECT subject, status FROM contact_timeline(contact) LIMIT 1
      ) AS row)) FROM contact WHERE uid = $2))""",
)
