"""What makes the world worth looking at: depths, skew, careers, rhythms, seasons and affinities."""

from __future__ import annotations

import itertools
import math
import statistics
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import networkx as nx
import numpy as np
import pytest

from algorithms.interactions import KINDS, Activity, Participant
from algorithms.ties import from_activities
from algorithms.ties_columns import scores_from_columns
from graph.settings import Settings
from graph.validation import pair_problems, problem
from graph.vocabulary import IMPORTABLE, endpoint, entity
from seed.world.groups import DEEPEST, outlines
from seed.world.names import FIRST_NAMES, LAST_NAMES, brands, pleasant
from seed.world.size import SIZES
from seed.world.ties import ACTIVE_DAYS
from tests.seed.world.rows import UNTIL, Rows, read, small


def parents(rows: Rows, hierarchy: str = "CRM") -> dict[str, str]:
    return {start: lines[0].end for start, lines in rows.out("CHILD_OF", hierarchy=hierarchy).items()}


def tops(rows: Rows) -> dict[str, tuple[str, int]]:
    """Every account's root and its level, 1 for a root."""
    above, found = parents(rows), {}
    for uid in rows.nodes["Account"]:
        level, at = 1, uid
        while at in above:
            level, at = level + 1, above[at]
        found[uid] = (at, level)
    return found


@pytest.mark.parametrize("number", [1, 2, 3])
def test_groups_of_every_depth_from_one_to_nine_occur(number: int) -> None:
    deepest: Counter[str] = Counter()
    for root, level in tops(small() if number == 1 else read(number=number)).values():
        deepest[root] = max(deepest[root], level)
    assert set(deepest.values()) == set(range(1, DEEPEST + 1))


def test_few_groups_are_giants_and_most_are_a_single_account() -> None:
    sizes = Counter(root for root, _ in tops(small()).values())
    assert sizes.most_common(1)[0][1] >= 40
    assert statistics.median(sizes.values()) == 1
    assert sum(size == 1 for size in sizes.values()) > 50


def test_degrees_are_skewed() -> None:
    rows = small()
    for kind, end in (("WORKS_AT", "end"), ("FOR_ACCOUNT", "end"), ("KNOWS", "start")):
        degrees = sorted(Counter(getattr(line, end) for line in rows.lines[kind]).values(), reverse=True)
        assert degrees[0] > 5 * statistics.median(degrees)


def test_law_and_bills_follow_other_trees_than_sales() -> None:
    rows = small()
    crm, legal, billing = (parents(rows, name) for name in ("CRM", "LEGAL", "BILLING"))
    assert sum(legal[uid] != crm[uid] for uid in legal) > 10
    assert sum(billing[uid] != crm[uid] for uid in billing) > 10


def test_some_accounts_had_another_parent_before() -> None:
    closed = [line for line in small().lines["CHILD_OF"] if "validTo" in line.values]
    assert len(closed) > 5
    open_since = {
        line.start: line.values["validFrom"]
        for line in small().lines["CHILD_OF"]
        if line.values.get("hierarchy") == "CRM" and "validTo" not in line.values
    }
    assert all(open_since[line.start] == line.values["validTo"] for line in closed)


def test_people_change_jobs_and_some_sit_at_two_accounts() -> None:
    rows = small()
    jobs = defaultdict(list)
    for line in rows.lines["WORKS_AT"]:
        jobs[line.start].append(line)
    changed = [
        one
        for one in jobs.values()
        if len({job.end for job in one}) > 1 and any("validTo" in job.values for job in one)
    ]
    now = [one for one in jobs.values() if sum(job.holds(UNTIL) for job in one) > 1]
    roots = tops(rows)
    across = [one for one in changed if len({roots[job.end][0] for job in one}) > 1]
    assert len(changed) > 15
    assert len(now) > 5
    assert len(across) > 5


def test_some_who_left_are_still_reported_to_and_some_have_no_manager() -> None:
    rows = small()
    jobs = rows.out("WORKS_AT")
    solid = rows.out("REPORTS_TO", kind="SOLID")
    at = {uid: {job.end for job in lines} for uid, lines in jobs.items()}
    roots = tops(rows)
    groups = {uid: {roots[one][0] for one in accounts} for uid, accounts in at.items()}
    gone = {
        line.end
        for start, lines in solid.items()
        for line in lines
        if start in groups and not groups[start] & groups.get(line.end, set())
    }
    assert len(gone) > 5
    assert any(uid not in at for uid in gone)
    assert any(uid in at for uid in gone)
    assert sum(uid not in solid for uid in at) > 40


def test_lines_are_solid_dotted_and_assisting_and_some_cross_accounts() -> None:
    rows = small()
    kinds = Counter(line.values["kind"] for line in rows.lines["REPORTS_TO"])
    assert kinds.keys() == {"SOLID", "DOTTED", "ASSISTANT"}
    crossing = [line for line in rows.lines["REPORTS_TO"] if line.values.get("scopeAccountId") in rows.nodes["Account"]]
    assert len(crossing) > 20


def parts(rows: Rows) -> dict[str, list[tuple[str, str, str]]]:
    """Per activity: label, uid and role of who took part."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for line in rows.lines["PARTICIPATED_IN"]:
        found[line.end].append((line.start_label, line.start, line.values["role"]))
    return found


def test_mailings_go_to_many_and_are_never_answered() -> None:
    rows = small()
    mailings = {uid for uid, people in parts(rows).items() if sum(role == "BCC" for _, _, role in people) > 20}
    assert len(mailings) >= 8
    assert not mailings & {line.end for line in rows.lines["REPLY_TO"]}
    opted_out = {row["uid"] for row in rows.nodes["Contact"].values() if row.get("doNotEmail")}
    assert opted_out
    assert not opted_out & {who for uid in mailings for _, who, _ in parts(rows)[uid]}


def test_a_reply_goes_back_to_whom_it_answers_and_comes_later() -> None:
    rows, people = small(), parts(small())
    assert len(rows.lines["REPLY_TO"]) > 500
    for line in rows.lines["REPLY_TO"]:
        answer, first = rows.nodes["Email"][line.start], rows.nodes["Email"][line.end]
        assert answer["startedAt"] > first["startedAt"]
        assert answer["conversationIndex"] == first["conversationIndex"]
        sender = next(who for _, who, role in people[line.start] if role == "FROM")
        assert sender in {who for _, who, _ in people[line.end]}


def ties(rows: Rows, at: datetime = UNTIL, k: float | None = None) -> list[tuple[str, str, float, float]]:
    """Every tie with its strength at a moment and how many days before its last contact was."""
    lines = rows.lines["KNOWS"]
    both, inbound, outbound = ([line.values[name] for line in lines] for name in ("both", "in", "out"))
    seconds = [line.values["asOf"].timestamp() for line in lines]
    scores = scores_from_columns(both, inbound, outbound, seconds, at, k or rows.k)
    return [
        (line.start, line.end, float(score), (at - line.values["lastAt"]) / timedelta(days=1))
        for line, score in zip(lines, scores, strict=True)
    ]


@pytest.mark.parametrize("days", [0, 1, 3, 100])
def test_the_default_k_makes_the_median_active_tie_fifty(days: int) -> None:
    at = UNTIL + timedelta(days=days)
    rows = read(until=at) if days else small()
    k = float(Settings.model_fields["tie_k"].default)
    active = [score for _, _, score, age in ties(rows, at, k) if age < ACTIVE_DAYS]
    assert len(active) > 400
    assert statistics.median(active) == pytest.approx(50, abs=2)
    assert rows.k == pytest.approx(k, rel=0.05)


def test_there_are_strong_and_faded_ties() -> None:
    found = ties(small())
    assert sum(score > 90 for _, _, score, _ in found) > 30
    assert sum(score < 20 and age > ACTIVE_DAYS for _, _, score, age in found) > 30


def test_ties_are_what_the_activities_say() -> None:
    rows, people = small(), parts(small())
    activities = [
        Activity(
            KINDS[label],
            row["startedAt"],
            tuple(Participant(who, role, kind == "User") for kind, who, role in people[row["uid"]]),
        )
        for label, row in rows.labels()
        if label in KINDS and row["status"] == "COMPLETED"
    ]
    expected = from_activities(activities)
    assert expected.keys() == {(line.start, line.end) for line in rows.lines["KNOWS"]}
    for line in rows.lines["KNOWS"]:
        sums, values = expected[line.start, line.end], line.values
        assert values["both"] == pytest.approx(sums.both)
        assert values["in"] == pytest.approx(sums.inbound)
        assert values["out"] == pytest.approx(sums.outbound)
        assert (values["meetings"], values["calls"], values["inCount"], values["outCount"]) == (
            sums.meetings,
            sums.calls,
            sums.in_count,
            sums.out_count,
        )
        assert values["lastAt"] == values["asOf"] == datetime.fromtimestamp(sums.last_at, UNTIL.tzinfo)


def test_champions_sway_others_and_hardly_talk_to_us() -> None:
    rows = small()
    champions = {line.start for line in rows.lines["INFLUENCES"]}
    assert len(champions) > 5
    us: dict[str, float] = defaultdict(float)
    home: Counter[str] = Counter()
    for start, end, score, _ in ties(rows):
        if start in rows.nodes["User"]:
            us[end] = max(us[end], score)
        else:
            home[start] += 1
            home[end] += 1
    quiet = [uid for uid in champions if us[uid] <= 40 and home[uid] >= 3]
    assert len(quiet) > len(champions) / 2


def test_orders_follow_the_seasons() -> None:
    months = Counter(row["submitDate"].month for row in small().nodes["SalesOrder"].values())
    assert months[11] + months[12] > 2 * (months[7] + months[8])


def baskets(rows: Rows) -> list[set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in rows.lines["HAS_LINE"]:
        if line.start_label == "SalesOrder":
            found[line.start].add(rows.nodes["Product"][line.end]["productNumber"])
    return list(found.values())


def lift(found: list[set[str]], first: str, second: str) -> tuple[float, float]:
    """Confidence and lift of a rule."""
    has = [basket for basket in found if first in basket]
    confidence = sum(second in basket for basket in has) / len(has)
    return confidence, confidence / (sum(second in basket for basket in found) / len(found))


def test_what_belongs_together_is_bought_together() -> None:
    found = baskets(small())
    for first, second in (("SAF-30", "SIO-08"), ("CAM-05", "LGT-10"), ("SRV-07", "CAB-05"), ("SCD-05", "HIS-01")):
        confidence, lifted = lift(found, first, second)
        assert confidence > 0.45
        assert lifted > 2


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_trap_has_high_confidence_and_a_lift_below_one(number: int) -> None:
    confidence, lifted = lift(baskets(small() if number == 1 else read(number=number)), "SPK-01", "COM-01")
    assert confidence > 0.45
    assert lifted < 0.95


def test_open_opportunities_have_stages_and_whole_percents() -> None:
    states = Counter(row["state"] for row in small().nodes["Opportunity"].values())
    assert min(states.values()) > 60
    for row in small().nodes["Opportunity"].values():
        assert 0 <= row["closeProbability"] <= 100
        if row["state"] == "OPEN":
            assert row["estimatedCloseDate"] > UNTIL.date()
            assert row["salesStage"]


def test_names_are_pleasant_and_none_is_used_twice_for_a_company() -> None:
    names = [row["name"] for row in small().nodes["Account"].values()]
    assert len(set(names)) == len(names)
    assert all(pleasant(name) for pool in (FIRST_NAMES, LAST_NAMES) for names in pool.values() for name in names)
    first = list(itertools.islice(brands(__import__("random").Random(1)), 5_000))
    assert len(set(first)) == 5_000


def test_mail_addresses_lead_nowhere() -> None:
    for label in ("Contact", "User"):
        assert all(row["emailAddress1"].endswith(".example") for row in small().nodes[label].values())


@pytest.mark.parametrize("size", SIZES)
def test_an_outline_has_as_many_accounts_as_the_size_says(size: str) -> None:
    from seed.world.generate import World

    world = World(size, 1, UNTIL)
    found = outlines(world._scene)
    assert sum(outline.accounts for outline in found) == pytest.approx(SIZES[size].accounts, rel=0.02)
    assert {outline.levels for outline in found} == set(range(1, DEEPEST + 1))
    assert all(outline.levels <= outline.accounts for outline in found)


def test_people_are_tied_within_one_large_network() -> None:
    graph = nx.Graph((start, end) for start, end, _, _ in ties(small()))
    assert len(max(nx.connected_components(graph), key=len)) > 0.8 * len(graph)
    assert math.isfinite(float(np.mean([degree for _, degree in graph.degree])))


def test_leads_are_in_every_state_and_qualified_ones_became_an_opportunity() -> None:
    rows = small()
    leads, became = rows.nodes["Lead"], rows.out("QUALIFIED_TO")
    states = Counter(row["state"] for row in leads.values())
    assert min(states[state] for state in ("OPEN", "QUALIFIED", "DISQUALIFIED")) >= 10
    assert 0.15 < len(leads) / len(rows.nodes["Account"]) < 0.5
    for uid, row in leads.items():
        targets = {line.end_label: line.end for line in became[uid]}
        assert bool(targets) == (row["state"] == "QUALIFIED")
        if targets:
            assert row["companyName"] == rows.nodes["Account"][targets["Account"]]["name"]
            assert row["createdAt"].date() < rows.nodes["Opportunity"][targets["Opportunity"]]["openedOn"]
    rivals = {line.end for line in rows.lines["COMPETED_BY"]}
    assert rivals <= rows.nodes["Competitor"].keys()
    lost = {uid for uid, row in leads.items() if row["status"] == "LOST"}
    assert lost <= {line.start for line in rows.lines["COMPETED_BY"]}


def test_cases_are_about_products_that_the_account_had_received() -> None:
    rows = small()
    accounts = {line.start: line.end for line in rows.lines["FOR_ACCOUNT"] if line.start_label == "SalesOrder"}
    received: dict[str, dict[str, datetime]] = defaultdict(dict)
    for line in rows.lines["HAS_LINE"]:
        at = rows.nodes["SalesOrder"].get(line.start, {}).get("dateFulfilled")
        if at is not None:
            known = received[accounts[line.start]]
            known[line.end] = min(at, known.get(line.end, at))
    customers, about = rows.out("FOR_CUSTOMER"), rows.out("ABOUT")
    cases = rows.nodes["Case"]
    assert 0.1 < len(cases) / len(rows.nodes["Account"]) < 0.4
    assert min(Counter(row["state"] for row in cases.values()).values()) >= 1
    for uid, row in cases.items():
        assert row["openedAt"] > received[customers[uid][0].end][about[uid][0].end]
        assert (row["state"] == "RESOLVED") == ("resolvedAt" in row)
        assert row.get("resolvedAt", UNTIL) > row["openedAt"]
        assert row["openedAt"] < UNTIL
    assert len({row["ticketNumber"] for row in cases.values()}) == len(cases)


def test_activities_are_about_records_of_every_kind_that_has_them() -> None:
    kinds = Counter(line.end_label for line in small().lines["REGARDING"])
    assert kinds["Case"] > 20
    assert kinds["Lead"] > 10
    assert kinds["Opportunity"] > 100


def test_every_entity_has_records() -> None:
    assert set(small().nodes) == set(IMPORTABLE)


def test_every_value_obeys_the_rules_of_its_property() -> None:
    values = [(entity(label).properties, row) for label, row in small().labels()]
    for edge, lines in small().lines.items():
        for line in lines:
            found = endpoint(edge, line.start_label, line.end_label)
            assert found is not None
            values.append((found.model.properties, line.values))
    wrong = set()
    for properties, row in values:
        for name, value in row.items():
            found_problem = problem(properties[name], value, UNTIL) if name in properties else None
            if found_problem is not None and not found_problem.confirmable:
                wrong.add((name, found_problem.rule, found_problem.got))
        wrong |= {(name, one.rule, one.got) for name, one in pair_problems(properties, row)}
    assert wrong == set()
