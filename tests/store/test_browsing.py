"""Browsing: pages without gap or overlap in every order, filters, search of anything, honest counts, whole records."""

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from drr.annotations import ACCEPT, NONE, REJECT, Kind
from drr.errors import InvalidInput
from drr.store import EVERYTHING, RecordFilter, Store, browsing, search
from drr.store.browsing import SORTS, Row
from drr.types import Attempt, BehaviorRecord, Question, Step, Trace
from tests.store.examples import QUESTION, attempt, record, trace

BY_QUESTION = ("question", "gold")  # the records of a question are sorted among themselves
ORDERS = [name for name in SORTS if name != "relevance"]


def varied(count: int, seed: int = 0) -> list[BehaviorRecord]:
    """Records with many ties and many missing values."""
    draw = random.Random(seed)
    questions = [
        Question(f"How many {thing} are {n}?", gold=draw.choice([None, "3", "12"]), source=f"{source}:{n}")
        for n, (thing, source) in enumerate(zip("apples pears books".split(), "farm farm shop".split(), strict=True))
    ]
    return [
        BehaviorRecord(
            draw.choice(questions),
            draw.choice(["tiny", "big"]),
            i,
            Attempt(
                tuple(Step(f"step {j} of {i}", draw.choice([2, 5])) for j in range(draw.randint(1, 3))),
                draw.choice([None, "3", "12", "x" * 100]),
                score=draw.choice([None, 0.0, 0.25, 0.5, 0.75, 1.0]),
            ),
            draw.choice([True, False, None]),
            draw.choice([(), ("no",)]),
        )
        for i in range(count)
    ]


@pytest.fixture(scope="module")
def browsed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Store.open(tmp_path_factory.mktemp("browsed") / "drr.db") as store:
        store.records.add_many(varied(120))
        for i, row in enumerate(store.browsing.browse(limit=60).rows[::4]):
            store.annotations.add(row.id, Kind.VERDICT, (ACCEPT, REJECT)[i % 2], "ada", 0)
        yield store


def pages(store: Store, where: RecordFilter = EVERYTHING, limit: int = 7, **order: Any) -> list[Row]:
    """All rows, page by page."""
    rows: list[Row] = []
    cursor = None
    while True:
        page = store.browsing.browse(where, cursor=cursor, limit=limit, **order)
        rows += page.rows
        if page.next is None:
            return rows
        assert len(page.rows) == limit
        cursor = page.next


# --- order and pages --------------------------------------------------------------------------------------------------


def value_of(row: Row, sort: str) -> Any:
    value = {"attempt": row.attempt, "automatic": None if row.automatic == NONE else row.automatic == ACCEPT}.get(
        sort, getattr(row, sort)
    )
    return None if sort == "human" and value == NONE else value[:80] if isinstance(value, str) else value


@pytest.mark.parametrize("many", [False, True], ids=["few hits", "many hits"])
@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("sort", ORDERS)
def test_pages_in_any_order_have_every_record_once_and_what_has_no_value_last(
    browsed: Store, sort: str, descending: bool, many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = RecordFilter(tokens_min=0)
    if many:
        monkeypatch.setattr(browsing, "CAP", 5)
    monkeypatch.setattr(browsed.browsing, "_cache", browsing._Cache())
    rows = pages(browsed, where, sort=sort, descending=descending)
    assert sorted(row.number for row in rows) == list(range(1, 121))
    values = [value_of(row, sort) for row in rows]
    some = [value for value in values if value is not None]
    assert values == some + [None] * (120 - len(some))
    keys = [(value, row.number) for value, row in zip(some, rows, strict=False)]
    assert keys == sorted(keys, reverse=descending)


def test_everything_is_walked_through_without_being_counted_or_sorted(browsed: Store) -> None:
    for sort in ORDERS:
        assert len(pages(browsed, sort=sort)) == 120


def plans(store: Store, call: Callable[[], object]) -> list[str]:
    """How SQLite finds what it is asked for by `call`."""
    asked: list[tuple[str, Any]] = []
    engine = store._database.engine

    def listen(connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", listen)
    call()
    event.remove(engine, "before_cursor_execute", listen)
    with store._database.reading() as connection:
        return [
            str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
            for statement, parameters in asked
            if statement.startswith("SELECT") and "leases." not in statement.partition("FROM")[0]
        ]


@pytest.mark.parametrize("descending", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("sort", ORDERS)
def test_a_page_is_sought_in_an_index_and_never_sorted(browsed: Store, sort: str, descending: bool) -> None:
    cursor = browsed.browsing.browse(sort=sort, descending=descending, limit=30).next
    found = str(plans(browsed, lambda: browsed.browsing.browse(sort=sort, descending=descending, cursor=cursor)))
    assert "SEARCH" in found and "SCAN" not in found.replace("SCAN changes", ""), found
    assert sort in BY_QUESTION or "B-TREE" not in found, found


@pytest.mark.parametrize("overlap", [1, 2])
@pytest.mark.parametrize("queue", ["disagreement", "uncertain", "unlabelled", "random"])
def test_a_queue_is_sought_in_an_index_and_never_sorted(browsed: Store, queue: str, overlap: int) -> None:
    found = str(plans(browsed, lambda: browsed.queues.take("eve", queue, overlap=overlap, count=3)))
    browsed.queues.release("eve")
    assert "records_" in found and "SCAN records" not in found and "SCAN contents" not in found, found
    assert "USE TEMP B-TREE FOR ORDER BY" not in found


@pytest.mark.parametrize("cursor", ["", "x", "[]", '["score", false, 1, {}]', '["score", false, "1", 0]', "null", "5"])
def test_a_cursor_that_is_none_of_ours_is_refused(browsed: Store, cursor: str) -> None:
    with pytest.raises(InvalidInput, match="first page"):
        browsed.browsing.browse(sort="score", cursor=cursor)


def test_a_cursor_of_another_order_and_an_unknown_order_are_refused(browsed: Store) -> None:
    cursor = browsed.browsing.browse(sort="score", limit=3).next
    with pytest.raises(InvalidInput, match="another list"):
        browsed.browsing.browse(sort="tokens", cursor=cursor)
    with pytest.raises(InvalidInput, match="number, question"):
        browsed.browsing.browse(sort="colour")


def test_a_row_shows_what_the_table_needs(store: Store) -> None:
    long = Question("word " * 100, gold="33", source="exam:7")
    store.records.add_many([record(4, long, attempt=attempt(score=0.8), correct=False, rejected=("no", "no"))])
    (row,) = store.browsing.browse(threshold=0.75).rows
    assert row.question == ("word " * 100)[:200]
    assert (row.source, row.reasoner, row.attempt, row.depth, row.answer, row.gold) == (
        "exam:7", "tiny", 4, 2, "33", "33",
    )  # fmt: skip
    assert (row.automatic, row.judged, row.human, row.verdict, row.score, row.tokens) == (
        REJECT, ACCEPT, NONE, REJECT, 0.8, 4,
    )  # fmt: skip
    assert store.browsing.browse(threshold=0.81).rows[0].judged == REJECT


# --- filters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where",
    [
        "source=farm", "source=farm:1", "reasoner=big", "correct=true", "automatic=none", "human=accept", "human=none",
        "verdict=reject", "verdict=none", "judged=accept, threshold=0.5", "judged=none, threshold=0.5",
        "cell=reject/accept/none, threshold=0.3", "score_min=0.25, score_max=0.75", "tokens_min=5, tokens_max=7",
        "attempt_min=10, attempt_max=20", "retry=true", "annotator=ada", "text=apples step", "text=apples, source=shop",
        "text=apples, reasoner=big, score_min=0.5",
    ],
)  # fmt: skip
def test_browsing_counting_and_reading_agree_on_what_a_filter_lets_pass(browsed: Store, where: str) -> None:
    asked = RecordFilter.parse(where)
    expected = [one.id for one in browsed.records.iterate(asked)]
    assert [row.id for row in pages(browsed, asked)] == expected
    assert browsed.browsing.count(asked) == browsing.Count(len(expected), True)
    assert browsed.records.count(asked) == len(expected)
    assert {row.id for row in pages(browsed, asked, sort="score")} == set(expected)


def test_a_cell_is_made_of_the_three_verdicts(browsed: Store) -> None:
    for cell in browsed.browsing.facets(threshold=0.4).facets["cell"]:
        judged, automatic, human = cell.value.split("/")
        rows = pages(browsed, RecordFilter(cell=cell.value, threshold=0.4), limit=50)
        assert len(rows) == cell.count
        shown = {(row.automatic, row.human) for row in rows}
        assert shown == {(automatic, human)}
        assert all((NONE if r.score is None else ACCEPT if r.score >= 0.4 else REJECT) == judged for r in rows)


@pytest.mark.parametrize(
    "where",
    [
        {"colour": "red"}, {"correct": "true"}, {"score_min": "high"}, {"score_min": float("nan")}, {"tokens_min": 1.5},
        {"tokens_min": 10**30}, {"text": 5}, {"human": "maybe"}, {"cell": "accept"}, {"stop": "never"},
        {"cell": "a/b/c", "threshold": 0.5}, {"judged": "accept"}, {"source": ["x"]},
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused(where: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        RecordFilter.of(where)


def test_a_filter_goes_to_json_and_comes_back() -> None:
    where = RecordFilter(source="farm", correct=False, score_min=0.5, tokens_max=9, threshold=0.5)
    assert RecordFilter.of(where.to_json()) == where
    assert RecordFilter.of({"source": None, "score_min": 1}) == RecordFilter(score_min=1.0)


# --- search -----------------------------------------------------------------------------------------------------------


def found(store: Store, text: str, advanced: bool | None = None) -> list[int]:
    return [row.attempt for row in store.browsing.browse(RecordFilter(text=text, advanced=advanced)).rows]


@pytest.fixture
def shelf(store: Store) -> Store:
    def said(index: int, question: str, text: str) -> BehaviorRecord:
        return BehaviorRecord(Question(question), "tiny", index, Attempt((Step(text, 1),), None), None)

    store.records.add_many(
        [
            said(0, "Sarah has 12 apples.", "12+21=33 apples"),
            said(1, "Tom has pears.", 'He says "apples AND pears", <b>no</b>'),
            said(2, "Wie groß ist Æsir? 東京", "naïve * 50% under_score"),
        ]
    )
    return store


@pytest.mark.parametrize(
    "text, expected",
    [
        ("apples", [0, 1]), ("APPLES sarah", [0]), ("12+21", [0]), ("21+12", []), ("apples AND pears", [1]),
        ("apples OR 12", []), ("app*", []), ('"apples', [0, 1]), ("naive", [2]), ("groß", [2]), ("NOT", []),
        ("under_score", [2]), ("50%", [2]), ("<b>", [1]), ("<b>no</b>", [1]), ("東京", [2]), ("question:apples", []),
    ],
)  # fmt: skip
def test_every_word_must_occur_and_nothing_typed_is_an_operator(shelf: Store, text: str, expected: list[int]) -> None:
    assert found(shelf, text) == expected
    assert shelf.records.count(RecordFilter(text=text)) == len(expected)


@pytest.mark.parametrize("text", ["", "   ", "=", "+", "%", "*", '"', "_", "= +", "💥", "\0"])
def test_what_has_no_letter_or_digit_finds_nothing_and_reads_nothing(
    shelf: Store, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.delattr(search, "reading")
    assert found(shelf, text) == [] and shelf.records.count(RecordFilter(text=text)) == 0


@pytest.mark.parametrize(
    "text, expected",
    [("app* NOT pears", [0]), ('"has 12"', [0]), ("question : apples", [0]), ("sarah OR tom", [0, 1])],
)
def test_operators_work_where_they_are_asked_for(shelf: Store, text: str, expected: list[int]) -> None:
    assert found(shelf, text, advanced=True) == expected


@pytest.mark.parametrize("text", ['"', "AND", "a b (", "colour : red", "NEAR(", "*", "a ^", "{x}", ""])
def test_an_expression_that_cannot_be_read_is_explained(shelf: Store, text: str) -> None:
    with pytest.raises(InvalidInput, match="double quotes"):
        found(shelf, text, advanced=True)


def test_a_search_of_any_bytes_never_raises(shelf: Store) -> None:
    draw = random.Random(7)
    for length in [*range(1, 40), 5_000]:
        raw = bytes(draw.randrange(256) for _ in range(length))
        for text in (raw.decode("latin-1"), raw.decode("utf-8", "surrogateescape"), raw.decode("utf-16", "ignore")):
            found(shelf, text)
            shelf.browsing.facets(RecordFilter(text=text))
    found(shelf, "word " * 10_000)
    found(shelf, "\0")


def test_search_hits_are_sorted_by_relevance_and_other_columns(shelf: Store) -> None:
    where = RecordFilter(text="apples")
    assert {row.attempt for row in pages(shelf, where, sort="relevance", limit=1)} == {0, 1}
    assert [row.attempt for row in pages(shelf, where, sort="attempt", descending=True, limit=1)] == [1, 0]
    with pytest.raises(InvalidInput, match="cannot be sorted"):
        shelf.browsing.browse(sort="relevance")


def test_only_the_first_hits_are_sorted_and_that_is_said(browsed: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "CAP", 10)
    monkeypatch.setattr(browsed.browsing, "_cache", browsing._Cache())
    page = browsed.browsing.browse(RecordFilter(text="step"), sort="score")
    assert page.capped and len(page.rows) == 10
    assert not browsed.browsing.browse(RecordFilter(text="step")).capped
    assert len(pages(browsed, RecordFilter(text="step"))) == 120


# --- counts, facets, plots --------------------------------------------------------------------------------------------


def test_counting_stops_at_the_cap_and_says_so(browsed: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "CAP", 10)
    monkeypatch.setattr(browsed.browsing, "_cache", browsing._Cache())
    assert browsed.browsing.count(RecordFilter(tokens_min=0)) == browsing.Count(10, False)
    assert browsed.browsing.count() == browsing.Count(120, True)


def test_facets_of_everything_are_the_same_from_a_sample_and_from_the_indexes(
    browsed: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = browsed.browsing.facets(threshold=0.5)
    monkeypatch.setattr(browsing, "CAP", 10)
    monkeypatch.setattr(browsed.browsing, "_cache", browsing._Cache())
    many = browsed.browsing.facets(threshold=0.5)
    assert many == few and few.exact and few.of == 120
    assert sum(value.count for value in few.facets["cell"]) == 120
    assert [value.value for value in few.facets["source"]] == ["farm", "shop"]


def test_facets_of_a_filter_count_what_it_lets_pass(browsed: Store) -> None:
    facets = browsed.browsing.facets(RecordFilter(source="farm", human="accept")).facets
    rows = pages(browsed, RecordFilter(source="farm", human="accept"))
    assert {value.value: value.count for value in facets["source"]} == {
        source: sum(row.source == source for row in rows) for source in {row.source for row in rows}
    }
    assert {value.value: value.count for value in facets["annotator"]} == {"ada": len(rows)}


def test_facets_of_too_much_are_of_the_first_records_and_marked(
    browsed: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "CAP", 10)
    monkeypatch.setattr(browsed.browsing, "_cache", browsing._Cache())
    facets = browsed.browsing.facets(RecordFilter(tokens_min=0))
    assert (facets.exact, facets.of) == (False, 10)


@pytest.mark.parametrize("cap", [10, 10_000], ids=["from the indexes", "from a sample"])
def test_a_facet_of_too_many_values_has_the_most_frequent_and_says_so(
    browsed: Store, monkeypatch: pytest.MonkeyPatch, cap: int
) -> None:
    monkeypatch.setattr(browsing, "CAP", cap)
    monkeypatch.setattr(browsing, "FACET_VALUES", 2)
    facets = browsed.browsing.facets()
    assert len(facets.facets["cell"]) == 2 and "cell" in facets.cut and "source" not in facets.cut


def test_a_new_label_is_seen_in_the_facets_at_once(store: Store) -> None:
    store.records.add_many([record()])
    assert [value.value for value in store.browsing.facets().facets["human"]] == ["none"]
    store.annotations.add(store.browsing.browse().rows[0].id, Kind.VERDICT, REJECT, "ada", 0)
    facets = store.browsing.facets().facets
    assert [value.value for value in facets["human"]] == ["reject"]
    assert [value.value for value in facets["annotator"]] == ["ada"]


def test_facets_of_many_records_may_be_old_by_no_more_than_counting_them_is_worth(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browsing, "CAP", 1)
    store.records.add_many(record(i) for i in range(3))
    assert [value.value for value in store.browsing.facets().facets["human"]] == ["none"]
    store.annotations.add(store.browsing.browse().rows[0].id, Kind.VERDICT, REJECT, "ada", 0)
    monkeypatch.setattr(browsing, "SPARED", 1e9)
    old = store.browsing.facets()
    assert [value.value for value in old.facets["human"]] == ["none"] and old.age > 0
    monkeypatch.setattr(browsing, "SPARED", 0.0)
    new = store.browsing.facets()
    assert {value.value for value in new.facets["human"]} == {"none", "reject"} and new.age == 0


def test_stop_point_labels_are_found_and_counted_whoever_gave_them_while_they_stand(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.records.add_many(record(i) for i in range(3))
    said = [(0, "here", "ada"), (0, "too_late", "bob"), (1, "too_late", "ada"), (2, "abstain", "ada")]
    rows = store.browsing.browse().rows
    for index, label, author in said:
        value = {"label": label, "step": 1 if label == "here" else None}
        store.annotations.add(rows[index].id, Kind.STOP, value, author, 0, independent=True)
    assert store.annotations.undo("ada").label == "stop abstain"
    for _ in ("from a sample", "from the indexes"):
        counted = {value.value: value.count for value in store.browsing.facets().facets["stop"]}
        assert counted == {"too_late": 2, "here": 1}
        monkeypatch.setattr(browsing, "CAP", 1)
        monkeypatch.setattr(store.browsing, "_cache", browsing._Cache())
    for label, attempts in {"here": [0], "too_late": [0, 1], "abstain": []}.items():
        assert [row.attempt for row in pages(store, RecordFilter(stop=label))] == attempts
        assert [one.attempt_index for one in store.records.iterate(RecordFilter(stop=label))] == attempts


@pytest.mark.parametrize("mark", ["tag=units", "stop=here"])
def test_what_people_marked_is_sought_in_an_index(browsed: Store, mark: str) -> None:
    found = str(plans(browsed, lambda: browsed.browsing.browse(RecordFilter.parse(mark))))
    assert "SEARCH marks USING COVERING INDEX" in found and "SCAN records" not in found, found


def test_plots_show_scores_reliability_and_tokens_by_the_effective_label(store: Store) -> None:
    scored = [(0.1, False), (0.12, True), (0.97, True), (1.0, True), (None, None)]
    store.records.add_many(record(i, attempt=attempt(score=s), correct=c) for i, (s, c) in enumerate(scored))
    plots = store.browsing.plots()
    assert [(b.accept, b.reject) for b in plots.scores if b.accept or b.reject] == [(1, 1), (2, 0)]
    low, high = plots.reliability
    assert (low.low, low.count, low.share_accept) == (0.1, 2, 0.5)
    assert (high.count, high.mean_score, high.share_accept) == (2, pytest.approx(0.985), 1.0)
    assert sum(b.accept + b.reject + b.none for b in plots.tokens) == 5
    assert store.browsing.plots(RecordFilter(tag="nothing")).of == 0


# --- one record -------------------------------------------------------------------------------------------------------


def test_detail_shows_all_attempts_on_the_question_and_where_they_part(store: Store) -> None:
    other = Attempt((Step("12+21=33", 2), Step("so 34", 2), Step("Answer: 34", 1)), "34")
    same = attempt()
    store.records.add_many([record(0), record(1, attempt=other, correct=False), record(2, attempt=same)])
    store.records.add_many([record(0, replace(QUESTION, text="Another one?"))])
    store.traces.save(trace())
    mine = store.browsing.browse().rows[0]
    store.annotations.add(mine.id, Kind.NOTE, "good", "ada", 0)
    detail = store.browsing.detail(mine.id)
    assert detail.question.text == QUESTION.text and detail.question.gold == "33"
    assert [one.attempt for one in detail.attempts] == [0, 1, 2]
    assert [one.differs_at for one in detail.attempts] == [None, 1, None]
    assert detail.attempts[0].labels.notes[0].text == "good" and len(detail.attempts[0].history) == 1
    assert [step.rejected for step in detail.attempts[0].steps] == [False, True, False]
    assert [link.policy for link in detail.traces] == ["drr"]


def test_an_attempt_differs_where_it_goes_on_and_not_where_it_ends_early(store: Store) -> None:
    whole = attempt()
    part = replace(whole, steps=whole.steps[:2], answer=None)
    store.records.add_many([record(0, attempt=whole), record(1, attempt=part), record(2, attempt=Attempt((), None))])
    long, short, empty = (store.browsing.detail(row.id).attempts for row in store.browsing.browse().rows)
    assert [one.differs_at for one in long] == [None, None, None]
    assert [(one.attempt, one.differs_at) for one in short] == [(1, None), (0, 2), (2, None)]
    assert [(one.attempt, one.differs_at) for one in empty] == [(2, None), (0, 0), (1, 0)]


def test_detail_shows_at_most_thirty_attempts_and_says_how_many_more(store: Store) -> None:
    store.records.add_many(record(i) for i in range(40))
    detail = store.browsing.detail(store.browsing.browse(descending=True).rows[0].id)
    assert (len(detail.attempts), detail.more, detail.attempts[0].attempt) == (30, 10, 39)
    with pytest.raises(InvalidInput, match="no such record"):
        store.browsing.detail("nothing")


def test_traces_of_other_questions_with_the_same_beginning_are_not_shown(store: Store) -> None:
    long = replace(QUESTION, text=f"{QUESTION.text * 3} And then?")
    whole: Trace = replace(trace(), question=replace(long, text=f"{long.text} More."))
    store.traces.save(whole)
    store.records.add_many([record(0, long)])
    assert store.browsing.detail(store.browsing.browse().rows[0].id).traces == ()


# --- scores -----------------------------------------------------------------------------------------------------------


def test_a_dm_fills_in_scores_and_is_named(store: Store) -> None:
    store.records.add_many([record(0), record(1, attempt=Attempt((), None))])
    first, second = store.browsing.browse().rows
    assert store.records.set_scores("dm-2", [(first.id, [0.25, 0.9]), (second.id, []), ("unknown", [0.5])]) == 1
    row = store.browsing.browse(RecordFilter(dm="dm-2")).rows[0]
    assert (row.score, row.dm) == (0.9, "dm-2")
    kept = store.records.get(first.id)
    assert kept is not None and [step.score for step in kept.attempt.steps] == [0.25, None, 0.9]
    assert kept.attempt.score == 0.9
    assert [value.value for value in store.browsing.facets().facets["dm"]] == ["dm-2"]
