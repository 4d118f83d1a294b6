"""Search finds every record by each of its searched texts, in any notation, and never fails on a text."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j.exceptions import ClientError

from graph.access import Access, Principal
from graph.errors import TooExpensive
from graph.kinds import constant_name
from graph.query.access_shape import AccessShape
from graph.query.selection import AccessValue
from graph.query.selection import Test as Compare
from graph.search.analysis import analyzed, slots
from graph.search.lucene import MOST_WORDS, search_query
from graph.store import Bound, Store
from graph.vocabulary import entity
from schema.execution import Executor, Options
from tests.schema.mutations.stage import Stage

FOUND = "query ($text: String!, $kinds: [RecordKind!], $fuzzy: Boolean! = false, $first: Int! = 1000, $after: String) {"
FOUND += " search(text: $text, kinds: $kinds, fuzzy: $fuzzy, first: $first, after: $after)"
FOUND += " { score highlights cursor node { id } } }"

FIND = """UNWIND $queries AS query
CALL (query) { CALL db.index.fulltext.queryNodes('search', query) YIELD node RETURN collect(node.uid) AS uids }
RETURN collect([query, uids])"""


class Searcher:
    """Searches as one caller."""

    def __init__(self, executor: Executor) -> None:
        self.executor = executor

    async def body(self, text: str, **more: Any) -> dict[str, Any]:
        """The body of the response."""
        return (await self.executor.execute(FOUND, {"text": text, **more}, None, principal=Principal("ann"))).body

    async def hits(self, text: str, **more: Any) -> list[dict[str, Any]]:
        """The hits."""
        body = await self.body(text, **more)
        assert "errors" not in body, (text, body["errors"])
        found: list[dict[str, Any]] = body["data"]["search"]
        return found

    async def ids(self, text: str, **more: Any) -> list[str]:
        """The ids of the hits, best first."""
        return [one["node"]["id"] for one in await self.hits(text, **more)]


@pytest.fixture
def search(executor: Executor) -> Searcher:
    """Searches as a caller who may read everything."""
    return Searcher(executor)


# ---------- the demo world -------------------------------------------------------------------------------------------


async def _texts(store: Store) -> list[tuple[str, str, str]]:
    """Every searched text of the graph with the id and the label of its record."""
    found = []
    for slot in slots().values():
        for name, labels in slot.items():
            for label in labels:
                text = f"MATCH (n:{label}) WHERE n.{name} IS NOT NULL RETURN collect([n.{name}, n.uid])"
                found += [(one, uid, label) for one, uid in await store.reads.ask(Bound("texts", text, {}))]
    return found


def _forms(text: str) -> Iterator[str]:
    """The text, each of its words, and the text with only the beginning of its last word."""
    words = text.split()
    yield text
    yield from words
    yield from (" ".join([*words[:-1], words[-1][:size]]) for size in (3, 5) if size < len(words[-1]))


@pytest.mark.usefixtures("world")
async def test_every_record_of_the_world_is_found_by_each_of_its_texts(store: Store) -> None:
    wanted: dict[str, set[str]] = {}
    for text, uid, _ in await _texts(store):
        assert_same_query(text)
        for form in _forms(text):
            wanted.setdefault(search_query(form, fuzzy=False).lucene, set()).add(uid)
    assert len(wanted) > 5_000
    queries = list(wanted)
    for start in range(0, len(queries), 500):
        found = await store.reads.ask(Bound("find", FIND, {"queries": queries[start : start + 500]}))
        for query, uids in found:
            assert wanted[query] <= set(uids), query


def assert_same_query(text: str) -> None:
    """Asserts that the normal form and the case of a text make no difference."""
    query = search_query(text, fuzzy=False)
    for form in ("NFC", "NFD"):
        for same in (text, text.upper(), text.lower(), text.title()):
            assert search_query(unicodedata.normalize(form, same), fuzzy=False) == query, (form, same)


@pytest.mark.usefixtures("world")
async def test_the_record_whose_text_is_searched_for_comes_first_with_that_text(store: Store, search: Searcher) -> None:
    texts = sorted({(text, label) for text, _, label in await _texts(store)})
    for text, label in texts[::40]:
        (first, *_) = await search.hits(text, kinds=[constant_name(label)], first=1)
        assert any(analyzed(one) == analyzed(text) for one in first["highlights"]), (text, first)


def test_the_first_property_of_a_record_is_the_one_that_is_searched_for() -> None:
    for slot, properties in slots().items():
        for name, labels in properties.items():
            for label in labels:
                assert next(one for one in properties if one in entity(label).properties) == name, (slot, label)


# ---------- cases ----------------------------------------------------------------------------------------------------


async def _account(stage: Stage, name: str, **values: str) -> str:
    return str((await stage.do("createAccount", {"name": name, **values}))["id"])


async def _contact(stage: Stage, name: str | None, **values: str) -> str:
    return str((await stage.do("createContact", values if name is None else {"fullName": name, **values}))["id"])


async def test_addresses_and_their_parts_find_a_contact(stage: Stage, search: Searcher) -> None:
    uid = await _contact(
        stage, "Ada Quill", emailAddress1="ada.quill@tarn.example", emailAddress2="quilled@fen.example"
    )
    for text in ("ada.quill@tarn.example", "ADA.QUILL@TARN.EXAMPLE", "ada.quill", "tarn.example", "quill@tarn", "tarn"):
        assert await search.ids(text) == [uid], text
    assert await search.ids("quilled@fen.example") == [uid]
    assert (await search.hits("ada tarn"))[0]["highlights"] == ["Ada Quill", "ada.quill@tarn.example"]


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("O'Tarn Foods", ["O'Tarn Foods", "Tarn", "O’Tarn", "OTarn", "o tarn", "otarn foods"]),
        ("OMere Foods", ["O'Mere", "o'mere foods"]),
        ("L'Or Bleuet", ["L'Or Bleuet", "bleuet", "l’or bleuet", "LOr bleu"]),
        ("Tarn.com Trade", ["Tarn.com Trade", "tarn.com", "com trade", "tarncom"]),
        ("Larchwood S.A.", ["Larchwood S.A.", "larchwood SA", "Larchwood S.A"]),
        ("Larchmont SA", ["Larchmont S.A.", "larchmont sa"]),
        ("Fern & Mere 3.5", ["Fern & Mere 3.5", "3.5 fern", "fern mere", "Fern - Mere", "fern 3,5"]),
        ("Straßenbau Göschl", ["strassenbau goschl", "STRASSENBAU", "göschl"]),
        ("Søndergård Łąka", ["sondergard laka", "Søndergård"]),
        ("Привет Мороз", ["привет мороз", "МОРОЗ", "моро"]),
        ("شركة النور", ["شركة النور", "النور"]),
        ("田中商事", ["田中商事", "田中", "商事", "中商"]),
        ("บริษัทไทย", ["บริษัทไทย", "ไทย", "บริษัท"]),
        ("한국전자 주식회사", ["한국전자", "한국", "주식회사"]),
        ("हिंदी कंपनी", ["हिंदी", "कंपनी"]),
        ("★ !?", ["★ !?", "★", "!?"]),
    ],
)
async def test_a_name_is_found_as_it_is_written_elsewhere(
    stage: Stage, search: Searcher, name: str, texts: list[str]
) -> None:
    uid = await _account(stage, name)
    for text in texts:
        for form in ("NFC", "NFD"):
            assert uid in await search.ids(unicodedata.normalize(form, text), kinds=["ACCOUNT"]), text
    assert (await search.hits(name))[0]["highlights"] == [name]


async def test_a_phone_number_is_found_in_any_notation(stage: Stage, search: Searcher) -> None:
    uid = await _contact(stage, "Pia Reed", mobilePhone="+1 (555) 019-0007")
    for text in (
        "+1 (555) 019-0007",
        "15550190007",
        "555 019 0007",
        "001-555-019-0007",
        "0190007",
        "0007",
        "Pia 0190007",
    ):
        found = await search.hits(text)
        assert uid in [one["node"]["id"] for one in found], text
        assert "+1 (555) 019-0007" in found[0]["highlights"], text
    assert await search.ids("0190008") == []


async def test_a_generated_number_is_found(stage: Stage, search: Searcher) -> None:
    case = await stage.do("createCase", {"title": "Torn belt"}, "id ticketNumber")
    number = case["ticketNumber"]
    for text in (number, number.lower(), number.replace("-", ""), number.replace("-", " "), number[:9]):
        assert case["id"] in await search.ids(text), text
    (stored,) = await stage.see("MATCH (n:Case) RETURN collect(n.searchWords[1]) AS texts")
    assert stored == analyzed(number)


async def test_search_sees_a_change_at_once_and_nothing_of_the_text_before(stage: Stage, search: Searcher) -> None:
    uid = await _contact(stage, None, firstName="Una", lastName="Brook")
    await stage.do("updateContact", {"lastName": "Stream", "emailAddress1": "una@mere.example"}, uid=uid)
    assert await search.ids("una stream") == await search.ids("una@mere.example") == [uid]
    assert await search.ids("una brook") == []
    await stage.do("updateContact", {"emailAddress1": None}, uid=uid)
    assert await search.ids("una@mere.example") == []
    await stage.do("deleteContact", {"id": uid})
    assert await search.ids("una stream") == []
    await stage.do("restoreContact", {"id": uid})
    assert await search.ids("una stream") == [uid]


# ---------- order, pages, kinds, typing errors -----------------------------------------------------------------------


async def test_equal_texts_come_first_then_beginnings_then_shorter_titles(stage: Stage, search: Searcher) -> None:
    names = ["Hollow", "Hollow Way", "Hollow Way South", "Hollowell", "The Hollow", "A Long Name with a Hollow"]
    for name in reversed(names):
        await _account(stage, name)
    await _account(stage, "Dell", accountNumber="hollow")
    found = await search.hits("hollow")
    shown = [one["highlights"][0] for one in found]
    assert shown == ["Hollow", "hollow", "Hollow Way", "Hollow Way South", "Hollowell", "The Hollow", names[-1]]
    scores = [one["score"] for one in found]
    assert scores == sorted(scores, reverse=True)


async def test_pages_continue_after_a_hit_whatever_is_written_between(stage: Stage, search: Searcher) -> None:
    for number in range(12):
        await _account(stage, f"Paged Brook {number % 4}")
    every = await search.ids("paged brook")
    after, found = None, []
    while page := await search.hits("paged brook", first=5, after=after):
        found += [one["node"]["id"] for one in page]
        after = page[-1]["cursor"]
        await _account(stage, "Unrelated")
    assert found == every
    assert len(set(every)) == 12


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "search|1|", "search||a", "search|1e9|a", "search|999999|a", "search|١|a", "search|1|a\x00", "9"],
)
async def test_another_text_is_no_cursor(search: Searcher, cursor: str) -> None:
    (error,) = (await search.body("alder", after=cursor))["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("INVALID", "after")


async def test_kinds_narrow_the_hits_and_an_empty_list_is_refused(stage: Stage, search: Searcher) -> None:
    account, contact = await _account(stage, "Kindred"), await _contact(stage, "Kindred")
    assert await search.ids("kindred", kinds=["ACCOUNT"]) == [account]
    assert await search.ids("kindred", kinds=["CONTACT", "ACCOUNT", "CONTACT"]) == sorted([account, contact])
    (error,) = (await search.body("kindred", kinds=[]))["errors"]
    assert error["message"] == "`kinds` must name at least one kind; got an empty list."
    assert error["extensions"]["code"] == "INVALID"


async def test_a_typing_error_is_forgiven_only_when_asked(stage: Stage, search: Searcher) -> None:
    uid = await _account(stage, "Windermere Outfitters")
    for text in ("windermeer", "widnermere outfiters", "windermer outfitters", "windemere"):
        assert await search.ids(text) == [] or text.startswith("windermer ")
        (hit,) = await search.hits(text, fuzzy=True)
        assert (hit["node"]["id"], hit["highlights"]) == (uid, ["Windermere Outfitters"])
    assert await search.ids("wonderful", fuzzy=True) == []


# ---------- any text -------------------------------------------------------------------------------------------------

WIPE = "MATCH (n:Account) WHERE n.uid STARTS WITH 'any' DETACH DELETE n RETURN count(*)"
WRITE = """UNWIND $rows AS row CREATE (n:Account:Party:Record {uid: row.uid})
SET n.name = row.name, n.searchWords = [row.title] RETURN count(n)"""


@pytest.fixture
async def scribe(stage: Stage) -> AsyncIterator[Stage]:
    """A stage on which records are written without mutations; they are removed at the end."""
    yield stage
    await stage.write(WIPE)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.text(min_size=1, max_size=40), min_size=30, max_size=60))
async def test_a_text_of_any_script_is_found_again(scribe: Stage, names: list[str]) -> None:
    rows = [
        {"uid": f"any{at}", "name": name, "title": analyzed(name)}
        for at, name in enumerate(names)
        if analyzed(name) and len(search_query(name, fuzzy=False).words) <= MOST_WORDS
    ]
    await scribe.write(WIPE)
    await scribe.write(WRITE, rows=rows)
    queries = {row["uid"]: search_query(row["name"], fuzzy=at % 2 == 0).lucene for at, row in enumerate(rows)}
    found = dict(await scribe.see(FIND, queries=sorted(set(queries.values()))))
    for row in rows:
        assert row["uid"] in found[queries[row["uid"]]], row


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\x00", "\u200b", "!", "AND", "OR NOT", '+ - && || ! ( ) { } [ ] ^ " ~ * ? : \\ /', "a AND", "NOT b",
        "(", '"', "a~", "a~2 b^4", "*", "?", "*a", "a:b", "searchWords:a", "[a TO b]", "{a TO b}", "/a/", "\\", "a\\",
        "\U0001f642", "\ud7ff\ue000\uffff", "😀*", "a && b", "a" * 1000, "a b " * 32, "é" * 1000, "1 " * 64,
        "O'A " * 32, "0001 " * 64,
        "田" * 64, "abcdefgh~ " * 20,
    ],
)  # fmt: skip
async def test_a_text_with_the_syntax_of_the_index_is_only_a_text(search: Searcher, text: str) -> None:
    for fuzzy in (False, True):
        body = await search.body(text, fuzzy=fuzzy)
        assert "errors" not in body, body["errors"]


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("word " * 65, "at most 64 words; got 65"),
        ("a b c d e " * 100, "at most 64 words; got 500"),
        ("a" * 2**20, "at most 1,000 characters long; got 1,048,576"),
        ("田" * 65, "at most 64 words; got 65"),
        ("ﷺ" * 400, "at most 64 words"),
    ],
)
async def test_a_text_that_is_too_long_is_refused_with_the_limit(search: Searcher, text: str, size: str) -> None:
    (error,) = (await search.body(text))["errors"]
    assert size in error["message"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("INVALID", "text")


# ---------- access ---------------------------------------------------------------------------------------------------


async def test_hits_that_are_hidden_are_neither_counted_nor_scored_nor_paged(stage: Stage, store: Store) -> None:
    for number in range(6):
        await _account(stage, f"Veiled Mere {number}", city="Ely" if number % 2 else "York")
    shape = AccessShape((("Account", Compare("city", "eq", AccessValue("city"))),))
    within = Searcher(Executor(store.reads, store.writes, Options(), policy=lambda _: Access(shape, {"city": "Ely"})))
    before = await within.hits("veiled mere")
    assert sorted(one["highlights"] for one in before) == [[f"Veiled Mere {number}"] for number in (1, 3, 5)]
    paged = [await within.hits("veiled", first=1, after=one["cursor"]) for one in before]
    assert [one[0]["node"] for one in paged[:2]] == [one["node"] for one in before[1:]]
    assert paged[2] == []
    await stage.write("MATCH (n:Account {city: 'York'}) DETACH DELETE n RETURN count(*)")
    assert await within.hits("veiled mere") == before


async def test_an_error_of_the_index_is_no_outage(store: Store) -> None:
    text = "CALL db.index.fulltext.queryNodes('search', $query) YIELD node RETURN count(node)"
    with pytest.raises(TooExpensive, match="too many words"):
        await store.reads.ask(Bound("clauses", text, {"query": " ".join(f"a{one}*" for one in range(2000))}))
    with pytest.raises(ClientError):
        await store.reads.ask(Bound("syntax", text, {"query": "(("}))
