from __future__ import annotations

import importlib
import pkgutil
import re
import sqlite3
from collections.abc import Iterator

import pytest
from sqlalchemy import Executable

from storage import tables
from storage.engines.sqlite_lane import STATEMENTS
from storage.schema.everything import metadata
from storage.tx import Conflicting, Statement

READ_EVERYTHING = {
    "due_jobs._LIST": "a handful of jobs, once at the start",
    "broadcasts._SHOWN": "broadcasts are few",
    "broadcasts._LIST_SENT": "likewise, the latest first",
    "broadcasts._CLAIMED_BY": "likewise, once at the start",
    "broadcasts._LIST_OF": "likewise",
    "broadcasts._LIST_RECENT": "likewise",
    "audiences._COUNT_BY_PLACE": "before somebody sends",
    "audiences._COUNT_DECLINED": "likewise",
    "audiences._COUNT_DISPLEASED": "likewise",
    "deliveries._REQUEUE_ECHOES": "once at the start; reads all broadcasts, which are few",
    "deliveries._DECLINE": "when a member changes their mind; likewise",
    "deliveries._PLAN_ANEW": "when a member moves; likewise",
    "ledgers._IMBALANCE": "for checks",
    "loyalty._COUNT_ACTIVE": "when somebody looks at the sprout; reads all members once",
    "loyalty._COUNT_LOYAL": "likewise",
    "loyalty._COUNT_TOOK_PART": "likewise",
    "loyalty._COUNT_IDEAS": "likewise; ideas are few",
    "pulses._LIST_WITH_WORDS": "backwards until five have words",
    "deliveries._MARK_UNKNOWN": "reads all broadcasts, which are few",
    "inbox._LIST_DEAD": "for people",
    "guesses._DELETE_BEFORE": "for cleaning; guesses are few",
    "flood_waits._DELETE_OVER": "a wait per scope: there are few",
    "flood_waits._LIST": "likewise",
    "clicks._ADD": "looks at the shop, which is one row",
    "shares._ADD": "likewise",
    "chat_joins._DELETE_OF": "for forgetting somebody",
    "deliveries._DROP_QUEUED": "for forgetting somebody; reads all broadcasts, which are few",
    "inbox._BLANK": "for forgetting somebody; a week of updates",
    "inspections._FIND": "one row",
    "inviter_sums._COUNT_APART": "for checks",
    "outbox._REOPEN": "an owner comes back; a week of notices",
    "outbox._DELETE_OF": "for forgetting somebody; a week of notices",
    "people._FORGET_SPOKEN": "for forgetting somebody",
    "visits._DELETE_OF": "for forgetting somebody; the visits of an hour",
    "deliveries._FIND_OLD": "for cleaning; broadcasts are few",
    "broadcast_links._FIND_OLD": "likewise",
    "broadcasts._DELETE_UNCONFIRMED": "for cleaning; broadcasts are few",
    "conversations._DELETE_EXPIRED": "for cleaning; they are few",
    "conversations._REDATE": "once at the start; they are few",
    "team_invitations._DELETE_OVER": "for cleaning; they are few",
    "web_keys._DELETE_OVER": "for cleaning; they are few",
    "team_invitations._DELETE_OF": "for forgetting somebody; they are few",
    "roles._FORGET_SETTINGS": "at the start; who runs the shop are few",
    "warnings._LIST": "there are few",
    "grants._SUM_OF_FRIENDS": "once a month, beside the writes",
    "grants._SUM_BY_CAMPAIGN": "once a minute, and only for campaigns that end at a budget",
    "campaigns._LIST": "there are few",
    "link_revocations._LIST": "there are few, and not for long",
    "link_revocations._DELETE_BEFORE": "likewise",
    "contests._LIST": "there are few",
    "liability._KEPT": "it has 256 rows",
    "liability._FOLD": "for checking what is kept",
    "liability._LOCK": "it has one row",
    "liability._SET_TOLD": "likewise",
    "gifts._LIST_SENDING": "once at the start; gifts that were tried are few",
    "gifts._MAKE_DUE": "when the team asks for it; likewise",
    "contests._LIST_OPEN": "likewise, once a minute",
    "referrals._LIST_WAITING": "for friends who came and did not count in time; seldom, and only where a shop says so",
    "referrals._LIST_WAITING_VERSIONS": "likewise",
    "order_claims._DELETE_BEFORE": "for cleaning; they are few",
    "api_keys._LIST": "there are few",
    "api_keys._FORGET": "for forgetting somebody; there are few",
    "captchas._DELETE_OVER": "for cleaning; there are few",
    "watches._FIND": "one row",
    "watches._LIST_COUNTS": "a row for each signal",
    "webhooks._LIST": "there are ten at most",
    "webhooks._ADD_POSTS": "likewise",
    "webhooks._LIST_OLD": "for cleaning; begins with the oldest events, which are the first in the table",
    "waitlists._APART": "for checks; queues are few",
    "campaigns._FIRST": "ends at the first row that is no placeholder",
}
"""The only statements that may read a whole table, and why."""


BLOCKS = {
    "audiences.LANGUAGE",
    "deliveries.LANGUAGE",
    "deliveries._UNDER_WAY",
    "buyers._RECEIPTS",
    "conversions._ROWS",
    "sales._ROWS",
    "broadcasts._BROADCAST",
    "campaigns._CAMPAIGN",
    "contests._ROWS",
    "coupons._COUPONS",
    "grants._ROWS",
    "polls._POLLS",
    "testimonials._ROWS",
    "drops._DROPS",
    "drops._CLAIMS",
    "ideas._IDEAS",
    "inbox._ROW",
    "outbox._NOTICE",
    "people.PERSON",
    "redemptions._ROWS",
    "referrals._REFERRAL",
    "reviews._ROWS",
    "segments._ROWS",
    "reviews._TRACES",
    "ticket_words._COPIES",
    "ticket_words._LATEST",
    "ticket_words._ROWS",
    "tickets._ROWS",
    "webhooks._ROWS",
    "webhooks._OLD",
}
"""What other statements are built of; never run as they are."""

SORTING_A_PAGE = {"ledgers._LIST_LINES", "referrals._LIST_INVITATIONS"}
"""Here a page of a few lines, found by the index, is put in order in the end."""


def list_statements() -> Iterator[tuple[str, Statement]]:
    """Return all statements of all tables by name."""
    for found in pkgutil.iter_modules(tables.__path__):
        module = importlib.import_module(f"storage.tables.{found.name}")
        for name, value in vars(module).items():
            if isinstance(value, (Executable, Conflicting)) and f"{found.name}.{name}" not in BLOCKS:
                yield f"{found.name}.{name}", value


ROWS = 1_000_000

UNEVEN = {
    "ix_broadcast_state": [400, 399],
    "ix_delivery_due": [8 * ROWS, ROWS, ROWS, ROWS, 1],
    "ix_grant_due": [5, 2],
    "ix_inbox_open": [5, 1],
    "ix_ledger_debit_id_id": [5, 2, 1],
    "ix_outbox_owed": [5, 1],
    "ix_sale_due_at": [5, 2],
    "ix_sale_noted": [5, 2],
    "ix_sale_waiting": [5, 1],
    "ix_standing_ranking": [ROWS // 5, ROWS // 5, ROWS // 5, 2, 1],
    "ix_ticket_look_at": [5, 2],
    "ix_ticket_waiting": [5, 1],
    "ix_profile_search_username_person_id": [ROWS, ROWS // 2, 1],
    "sqlite_autoindex_delivery_1": [8 * ROWS, ROWS, 1],
}
"""What ANALYZE counts of indexes whose values are few: the rows, and how many share the first column, the first two, ..."""


@pytest.fixture(params=["never analyzed", "a million members, analyzed"])
def raw(sqlite_url: str, request: pytest.FixtureRequest) -> Iterator[sqlite3.Connection]:
    """A migrated database, reached without the store; the second time its planner believes that it is large."""
    connection = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    if request.param != "never analyzed":
        pretend_analyzed(connection)
    yield connection
    connection.close()


def pretend_analyzed(raw: sqlite3.Connection) -> None:
    """Give the planner the counts of a large database: they are all it knows of the rows."""
    raw.execute("ANALYZE")
    raw.execute("DELETE FROM sqlite_stat1")
    indexes = raw.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'index'").fetchall()
    for name, table in indexes:
        columns = len(raw.execute(f"PRAGMA index_info({name})").fetchall())
        shared = UNEVEN.get(name, [ROWS, *[3] * (columns - 1), 1])
        raw.execute("INSERT INTO sqlite_stat1 VALUES (?, ?, ?)", (table, name, " ".join(map(str, shared))))
    raw.execute("ANALYZE sqlite_schema")


def explain(raw: sqlite3.Connection, statement: Statement) -> list[str]:
    """Return SQLite's plan, step by step; the values do not matter to it."""
    names = (
        "of",
        "state",
        "error",
        "now",
        "before",
        "finished_at",
        "settled_at",
        "person_id",
        "topic_id",
        "since",
        "which",
        "at",
        "limit",
        "above",
        "upto",
        "most",
        "joined_upto",
        "joined_before",
        "recipient",
        "news",
        "kind",
        "answer",
    )
    some = dict.fromkeys(names, 0)
    sql, values = STATEMENTS.render(
        statement,
        {
            **some,
            "by": 1,
            "boards": [1, 2],
            "busy": [1],
            "codes": ["a"],
            "ids": [1, 2],
            "versions": ["a"],
            "expected": ["draft", "paused"],
            "states": ["done"],
            "ways": ["qr"],
            "recent": [1, 2],
        },
    )
    bound = {name: values.get(name, 0) for name in re.findall(r":(\w+)", sql)}
    return [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}", bound)]


def test_no_statement_reads_a_whole_table_unawares(raw: sqlite3.Connection) -> None:
    """Each statement finds its rows by an index, but for a few that say why not."""
    whole_tables = {f"SCAN {table}" for table in metadata.tables}
    scanning = {
        name for name, statement in list_statements() for step in explain(raw, statement) if step in whole_tables
    }
    assert scanning == READ_EVERYTHING.keys()


def test_there_are_statements_to_look_at() -> None:
    """The test above does not pass for want of statements."""
    assert len(list(list_statements())) > 50


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("inbox._LIST_OPEN", "ix_inbox_open"),
        ("inbox._COUNT_OPEN", "ix_inbox_open"),
        ("inbox._FIND_OLDEST_OPEN", "ix_inbox_open"),
        ("outbox._LIST_OWED", "ix_outbox_owed"),
        ("outbox._COUNT_OWED", "ix_outbox_owed"),
        ("outbox._FIND_OLDEST_UNTRIED", "ix_outbox_owed"),
        ("scores._LIST_TOP", "ix_standing_ranking"),
        ("referrals._LIST_INVITATIONS", "ix_referral_inviter_id_id"),
        ("ledgers._LIST_LINES", "ix_ledger_credit_id_id"),
        ("ledgers._LIST_LINES", "ix_ledger_debit_id_id"),
        ("ledgers._COUNT_CREDITS", "ix_ledger_credit_id_id"),
        ("ledgers._COUNT_DEBITS", "ix_ledger_debit_id_id"),
        ("directory._COUNT_MEMBERS", "ix_funnel_ever"),
        ("referrals._COUNT_ALL", "ix_funnel_ever"),
        ("shares._COUNT_BY_WAY", "ix_funnel_ever"),
        ("funnel._SUM_EVER", "ix_funnel_ever"),
        ("funnel._TAKE_OVER", "ix_funnel_ever"),
        ("directory._TO_NUDGE", "ix_person_quiet"),
        ("directory._WITH_FRIENDS", "ix_person_started_at_id"),
        ("directory._BY_NAME", "ix_profile_search_first_name_person_id"),
        ("chat_links._FIND", "ix_chat_link_person_id_chat_id_created_at"),
        ("visits._DELETE_BEFORE", "ix_visit_hour"),
        ("coupons._GIVE", "ix_coupon_free"),
        ("coupons._LIST_DUE", "ix_coupon_due"),
        ("grants._LIST_WAITING", "ix_grant_waiting"),
        ("grants._LIST_LIVE", "ix_grant_live"),
        ("grants._FIND_PERCENT", "ix_grant_live"),
        ("grants._LIST_ABOVE", "ix_grant_threshold"),
        ("grants._LIST_OF", "ix_grant_person_id_id"),
        ("grants._COUNT_OF", "ix_grant_person_id_id"),
        ("deliveries._LIST_QUEUED", "ix_delivery_due"),
    ],
)
def test_the_index_made_for_a_statement_serves_it(raw: sqlite3.Connection, name: str, index: str) -> None:
    """What is asked for all day is found by the index made for it, without sorting everything first."""
    steps = explain(raw, dict(list_statements())[name])
    assert any(index in step for step in steps), steps
    assert not any("TEMP B-TREE FOR ORDER BY" in step for step in steps) or name in SORTING_A_PAGE
