-- The questions, written by hand for these tables.

CREATE TYPE rollup AS (
  accounts bigint,
  open_opportunities bigint,
  open_pipeline numeric,
  won_opportunities bigint,
  won numeric,
  win_rate double precision
);

CREATE TYPE shape AS (depth integer, contacts bigint);

CREATE TYPE seat AS (
  contact_id text,
  manager_id text,
  level integer,
  span integer,
  descendants integer,
  job_title text
);

CREATE TYPE child_rollup AS (
  uid text,
  name text,
  own boolean,
  accounts bigint,
  won numeric
);

-- The figures of the account and all accounts below it.
CREATE FUNCTION account_rollup(root account) RETURNS rollup LANGUAGE sql STABLE AS $$
  WITH RECURSIVE tree AS (
    SELECT root.id AS id
    UNION ALL
    SELECT child.id FROM tree JOIN account AS child ON child.parent_id = tree.id
  ), deals AS (
    SELECT
      count(*) FILTER (WHERE state = 'OPEN') AS opened,
      coalesce(sum(estimated_value) FILTER (WHERE state = 'OPEN'), 0) AS pipeline,
      count(*) FILTER (WHERE state = 'WON') AS won,
      coalesce(sum(actual_value) FILTER (WHERE state = 'WON'), 0) AS amount,
      count(*) FILTER (WHERE state = 'LOST') AS lost
    FROM tree JOIN opportunity AS deal ON deal.account_id = tree.id
  )
  SELECT
    (SELECT count(*) FROM tree), opened, round(pipeline / 100, 2), won, round(amount / 100, 2),
    won::float8 / nullif(won + lost, 0)
  FROM deals
$$;

-- The levels below the account, and the people of all accounts there.
CREATE FUNCTION account_shape(root account) RETURNS shape LANGUAGE sql STABLE AS $$
  WITH RECURSIVE tree AS (
    SELECT root.id AS id, 0 AS level
    UNION ALL
    SELECT child.id, level + 1 FROM tree JOIN account AS child ON child.parent_id = tree.id
  )
  SELECT (SELECT max(level) FROM tree), count(*) FROM tree JOIN contact ON contact.account_id = tree.id
$$;

-- All accounts below the account.
CREATE FUNCTION account_descendants(root account) RETURNS SETOF account LANGUAGE sql STABLE ROWS 10000 AS $$
  WITH RECURSIVE tree AS (
    SELECT id FROM account WHERE parent_id = root.id
    UNION ALL
    SELECT child.id FROM tree JOIN account AS child ON child.parent_id = tree.id
  )
  SELECT account.* FROM account JOIN tree USING (id) ORDER BY account.uid
$$;

-- The strength of a tie, 0 to 100; see algorithms/strength.py.
CREATE FUNCTION strength(worth double precision, last_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT round((100 * (1 - exp(
    -worth * 2 ^ (-greatest(extract(epoch FROM now() - last_at)::float8, 0) / (90 * 86400.0::float8)) / 1.15
  )))::numeric, 9)
$$;

CREATE FUNCTION neighbours(party integer) RETURNS TABLE (other integer, points numeric)
LANGUAGE sql STABLE ROWS 50 AS $$
  SELECT end_id, strength(worth, last_at) FROM tie WHERE start_id = party
  UNION ALL
  SELECT start_id, strength(worth, last_at) FROM tie WHERE end_id = party
$$;

CREATE TYPE introduction AS (strength numeric, people text[]);

-- The strongest paths of at most three hops between two parties.
CREATE FUNCTION introductions(from_uid text, to_uid text) RETURNS SETOF introduction LANGUAGE sql STABLE AS $$
  WITH ends AS MATERIALIZED (
    SELECT a.id AS source, b.id AS target FROM party AS a, party AS b WHERE a.uid = from_uid AND b.uid = to_uid
  ), near AS MATERIALIZED (
    SELECT one.* FROM ends, neighbours(source) AS one
  ), far AS MATERIALIZED (
    SELECT one.* FROM ends, neighbours(target) AS one WHERE other <> source
  ), paths AS (
    SELECT ARRAY[source, target] AS people, points AS product FROM ends, near WHERE other = target
    UNION ALL
    SELECT ARRAY[source, near.other, target], near.points * far.points / 100
    FROM ends, near JOIN far USING (other)
    UNION ALL
    SELECT ARRAY[source, near.other, far.other, target],
      near.points * strength(worth, last_at) * far.points / 10000
    FROM ends, near, far JOIN tie ON tie.start_id = far.other
    WHERE tie.end_id = near.other AND near.other <> target
    UNION ALL
    SELECT ARRAY[source, near.other, far.other, target],
      near.points * strength(worth, last_at) * far.points / 10000
    FROM ends, near, far JOIN tie ON tie.end_id = far.other
    WHERE tie.start_id = near.other AND near.other <> target
  )
  SELECT product, uids FROM paths, LATERAL (
    SELECT array_agg(party.uid ORDER BY place) AS uids
    FROM unnest(people) WITH ORDINALITY AS step (id, place) JOIN party USING (id)
  ) AS names
  ORDER BY product DESC, cardinality(people), uids
  LIMIT 3
$$;

-- The people of the account and who reports to whom.
CREATE FUNCTION account_org_chart(employer account) RETURNS SETOF seat LANGUAGE sql STABLE ROWS 1000 AS $$
  WITH RECURSIVE above AS (
    SELECT id, id AS ancestor, manager_id AS next, 0 AS distance FROM contact WHERE account_id = employer.id
    UNION ALL
    SELECT above.id, boss.id, boss.manager_id, distance + 1
    FROM above JOIN contact AS boss ON boss.id = above.next AND boss.account_id = employer.id
  ), counts AS (
    SELECT person, sum(level)::int AS level, sum(span)::int AS span, sum(descendants)::int AS descendants
    FROM above, LATERAL (VALUES
      (id, (distance > 0)::int, 0, 0), (ancestor, 0, (distance = 1)::int, (distance > 0)::int)
    ) AS row (person, level, span, descendants)
    GROUP BY person
  )
  SELECT people.uid, manager.uid, level, span, descendants, people.job_title
  FROM counts JOIN contact AS people ON people.id = counts.person
  LEFT JOIN contact AS manager ON manager.id = people.manager_id AND manager.account_id = employer.id
$$;

-- Accounts with a contact of this job title and without a deal in this state.
CREATE FUNCTION accounts_with_title(title text, without_state text) RETURNS SETOF account LANGUAGE sql STABLE AS $$
  SELECT account.* FROM account
  WHERE id IN (SELECT account_id FROM contact WHERE job_title = title)
    AND NOT EXISTS (SELECT FROM opportunity WHERE account_id = account.id AND state = without_state)
  ORDER BY uid
$$;

CREATE TYPE hit AS (uid text, score real);

-- Records with a word that begins with each word of the text.
CREATE FUNCTION search(search_text text) RETURNS SETOF hit LANGUAGE sql STABLE ROWS 100 AS $$
  WITH query AS MATERIALIZED (
    SELECT to_tsquery('simple', string_agg(quote_literal(word) || ':*', ' & ')) AS words
    FROM regexp_split_to_table(lower(trim(search_text)), '\W+') AS word
  ), found AS (
    SELECT uid, name AS title FROM account WHERE words @@ (SELECT words FROM query)
    UNION ALL
    SELECT uid, name FROM contact WHERE words @@ (SELECT words FROM query)
    UNION ALL
    SELECT uid, name FROM seller WHERE words @@ (SELECT words FROM query)
    UNION ALL
    SELECT uid, name FROM opportunity WHERE words @@ (SELECT words FROM query)
    UNION ALL
    SELECT uid, subject FROM activity WHERE words @@ (SELECT words FROM query)
  ), ranked AS (
    SELECT uid, CASE
        WHEN lower(title) = lower(search_text) THEN 6
        WHEN lower(title) LIKE lower(search_text) || ' %' THEN 4
        WHEN lower(title) LIKE lower(search_text) || '%' THEN 3
        WHEN lower(title) LIKE '% ' || lower(search_text) || '%' THEN 2
        ELSE 1
      END - length(title) / 1000.0 AS score
    FROM found
  )
  SELECT uid, score::real FROM ranked ORDER BY score DESC, uid
$$;

-- The latest activities of the person.
CREATE FUNCTION contact_timeline(person contact) RETURNS SETOF activity LANGUAGE sql STABLE ROWS 10 AS $$
  SELECT activity.* FROM participation JOIN activity ON activity.id = participation.activity_id
  WHERE participation.party_id = person.id
  ORDER BY started_at DESC, uid
$$;

-- The latest activities with people of the account.
CREATE FUNCTION account_timeline(employer account) RETURNS SETOF activity LANGUAGE sql STABLE ROWS 10 AS $$
  SELECT activity.* FROM activity
  WHERE id IN (
    SELECT activity_id FROM participation WHERE party_id = employer.id
    UNION
    SELECT activity_id FROM participation JOIN contact ON contact.id = party_id WHERE account_id = employer.id
  )
  ORDER BY started_at DESC, uid
$$;

-- The figures of the account itself and of each account directly below it.
CREATE FUNCTION account_rollup_by_child(root account) RETURNS SETOF child_rollup LANGUAGE sql STABLE ROWS 20 AS $$
  SELECT root.uid, root.name, true, 1::bigint,
    (SELECT coalesce(round(sum(actual_value) / 100, 2), 0) FROM opportunity WHERE account_id = root.id AND state = 'WON')
  UNION ALL
  SELECT child.uid, child.name, false, figures.accounts, figures.won
  FROM account AS child, account_rollup(child) AS figures WHERE child.parent_id = root.id
$$;

CREATE TYPE participant AS (party text, role text);

-- Writes an activity that took place, and adds it to the tie of each pair of participants.
CREATE FUNCTION log_activity(kind text, subject text, participants participant[]) RETURNS activity
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  logged activity;
  people integer[];
BEGIN
  -- In the order of keys, so that two writers lock the same ties in the same order.
  SELECT array_agg(DISTINCT id ORDER BY id) INTO people FROM party WHERE uid IN (
    SELECT party FROM unnest(participants)
  );
  IF cardinality(people) IS DISTINCT FROM (SELECT count(DISTINCT party) FROM unnest(participants)) THEN
    RAISE EXCEPTION 'A participant was not found.';
  END IF;
  INSERT INTO activity (kind, subject, started_at, status)
  VALUES (log_activity.kind, log_activity.subject, now(), 'COMPLETED') RETURNING * INTO logged;
  INSERT INTO participation (activity_id, party_id, role)
  SELECT logged.id, party.id, given.role FROM unnest(participants) AS given JOIN party ON party.uid = given.party;
  INSERT INTO tie AS old (start_id, end_id, worth, meetings, calls, first_at, last_at)
  SELECT one.id, other.id, worth.of, (log_activity.kind = 'APPOINTMENT')::int, (log_activity.kind = 'PHONE_CALL')::int,
    logged.started_at, logged.started_at
  FROM party AS one, party AS other,
    (SELECT CASE log_activity.kind WHEN 'APPOINTMENT' THEN 3 ELSE 2 END / sqrt(cardinality(people)) AS of) AS worth
  WHERE one.id = ANY (people) AND other.id = ANY (people)
    AND CASE WHEN one.is_user = other.is_user THEN one.uid < other.uid ELSE one.is_user END
  ORDER BY one.id, other.id
  ON CONFLICT (start_id, end_id) DO UPDATE SET
    worth = old.worth * 2 ^ (-extract(epoch FROM excluded.last_at - old.last_at)::float8 / (90 * 86400.0::float8))
      + excluded.worth,
    meetings = old.meetings + excluded.meetings,
    calls = old.calls + excluded.calls,
    last_at = excluded.last_at;
  RETURN logged;
END
$$;

-- The accounts with these ids.
CREATE FUNCTION accounts_by_uids(uids text[]) RETURNS SETOF account LANGUAGE sql STABLE ROWS 50 AS $$
  SELECT * FROM account WHERE uid = ANY (uids) ORDER BY uid
$$;

-- The values of a deal in units of its currency.
CREATE FUNCTION opportunity_amount(deal opportunity) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT round(deal.estimated_value / 100.0, 2)
$$;

-- The tie between two parties.
CREATE FUNCTION tie_between(from_uid text, to_uid text) RETURNS tie LANGUAGE sql STABLE AS $$
  SELECT tie.* FROM party AS one, party AS other, tie
  WHERE one.uid = from_uid AND other.uid = to_uid
    AND (start_id, end_id) IN ((one.id, other.id), (other.id, one.id))
$$;

CREATE FUNCTION tie_points(tie tie) RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT strength(tie.worth, tie.last_at)
$$;

CREATE FUNCTION tie_interactions(tie tie) RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT tie.meetings + tie.calls
$$;
