"""Lists of what there is in a shop: all of it, in order, and nothing that opens a door."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

from sqlalchemy import LargeBinary, Text

from bot.core.spreadsheets import Format
from bot.services.exporting import read_part
from storage import Store
from storage.beside import open_beside
from storage.engines.sqlite_lane import STATEMENTS
from storage.exports import EXPORTS, find_export
from storage.listing import Export, read_page
from storage.schema.everything import metadata
from storage.tx import Row, Tx
from tests.storage.cast import add_members, refer

LEFT_OUT = {
    "account": "its balance stands with the members",
    "allowance": "how much of a bound is gone: kept for the bot itself",
    "api_key": "what other systems sign with",
    "api_request": "kept so that the same again is answered the same",
    "asking": "what may be asked next: kept for the bot itself",
    "awaited": "what rules wait for: kept for the bot itself",
    "board": "stands with the standings",
    "campaign_version": "`passalong campaign show` says what a campaign is",
    "captcha": "has the answers in it",
    "card": "what Telegram calls pictures",
    "chat_link": "links that let into a chat",
    "checkpoint": "`passalong audit` says what the books are",
    "code_key": "a secret",
    "column_map": "how a list was read",
    "command_menu": "kept for the bot itself",
    "conversation": "what somebody is typing",
    "face": "pictures",
    "flood_wait": "kept for the bot itself",
    "funnel": "`passalong stats --json` says it",
    "forgotten": "of people who asked not to be known",
    "guess": "kept for a week against guessing",
    "honour": "stands with the members",
    "hook_event": "stands with the webhooks' deliveries",
    "idea_support": "how many there are stands with the ideas",
    "inbox": "what people wrote",
    "inspection": "`passalong audit` says it",
    "inviter_sum": "sums, kept for the bot itself",
    "liability": "sums, kept for the bot itself",
    "liability_bound": "likewise",
    "link_revocation": "links that let into a chat",
    "mark": "kept for looking at friends",
    "picture": "pictures",
    "profile": "stands with the members",
    "reminder": "kept for the bot itself",
    "score": "sums, kept for the bot itself",
    "score_band": "likewise",
    "shop": "`passalong shop show` says it",
    "signal": "sums, kept for the bot itself",
    "spoken": "codes by which members are found; the present ones are theirs to tell",
    "stock": "sums, kept for the bot itself",
    "tally": "likewise",
    "team_invitation": "links that let into the team",
    "ticket_copy": "numbers of messages, kept for the bot itself",
    "ticket_said": "what people wrote to each other",
    "ticket_signer": "kept for the bot itself",
    "ticket_template": "`/templates` shows them",
    "told_story": "stands with the referrals",
    "visit": "of an hour's visitors",
    "waitlist": "sums, kept for the bot itself",
    "waitlist_chunk": "likewise",
    "waitlist_jump": "likewise",
    "web_key": "lets into the dashboard",
    "warning": "kept for the bot itself",
    "watch": "likewise",
}
"""Tables without a list, and why."""

DOORS = re.compile(
    r"secret|hash|token|^key$|_key$|seed|proof|payload|raw|^data$|content|url|address|answer$|reference|finger|file_id"
)
"""Columns that may open a door, or hold what people wrote to each other."""

HARMLESS = {"contest.key", "broadcast_link.url", "idea.answer"}
"""What is called so and is no secret: a contest's name, where a link leads that everybody was sent, what was said to an idea."""


def test_every_table_has_a_list_or_a_reason() -> None:
    """Whoever adds a table decides whether it can be taken out of the shop."""
    listed = {table.name for export in EXPORTS.values() for table in [export.keys[0].table]}
    assert listed.isdisjoint(LEFT_OUT)
    assert listed | set(LEFT_OUT) == set(metadata.tables)


def test_no_list_shows_what_opens_a_door(sqlite_url: str) -> None:
    """Each column of each table is filled with its own name; those of secrets are found in no list, in either form."""
    _fill_every_column(sqlite_url.removeprefix("sqlite:///"))
    secret = {name for name in _list_texts() if DOORS.search(name.partition(".")[2])} - HARMLESS
    assert {"webhook.secret", "webhook.url", "receipt.token_hash", "redemption.reference", "contest.seed"} <= secret
    with open_beside(sqlite_url) as beside:
        shown = beside.do(_read_all, writable=False)
    assert b"<ledger.reason>" in shown
    assert b"<contest.key>" in shown
    assert not [name for name in secret | {"coupon.code", "coupon.folded"} if f"<{name}>".encode() in shown]


async def test_pages_follow_each_other_without_a_gap(store: Store) -> None:
    """A list of more rows than a page holds has each of them once, in order, on either engine."""

    def populate(tx: Tx) -> None:
        first, *rest = add_members(tx, 25)
        for friend in rest:
            refer(tx, first, friend)

    await store.write(populate)
    for name, count in (("members", 25), ("referrals", 24), ("ledger", 48), ("grants", 48), ("standings", 1)):
        ids = [row[0] for row in await _walk(store, EXPORTS[name])]
        assert ids == sorted(set(ids))
        assert len(ids) == count


async def test_every_list_can_be_read(store: Store) -> None:
    """On either engine, in either form, also behind a key: an empty one has its head alone."""
    for export in EXPORTS.values():
        part = await store.read(read_part, export, Format.CSV)
        assert part.content.startswith(",".join(export.columns).encode())
        key = tuple(1 if key.type.python_type is int else "a" for key in export.keys)
        assert isinstance((await store.read(read_part, export, Format.JSONL, key)).last, tuple | None)


def test_a_page_costs_what_it_shows(sqlite_url: str) -> None:
    """No page is sorted, and the next one begins at its key: a list of a million rows is read once, not a thousand times."""
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as raw:
        for export in EXPORTS.values():
            keys = {f"key_{at}": 1 for at in range(len(export.keys))}
            for statement, begins in ((export.first, "SCAN"), (export.further, "SEARCH")):
                sql, values = STATEMENTS.render(statement, {"most": 7, **keys})
                plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
                assert plan[0].startswith(f"{begins} {export.keys[0].table.name}"), plan
                assert not [step for step in plan[1:] if not step.startswith("SEARCH")], plan


def test_lists_are_found_by_their_name_or_their_tables() -> None:
    """Whoever knows the database finds them, too."""
    assert find_export("orders") is find_export("sale") is EXPORTS["orders"]
    assert find_export("webhook") is EXPORTS["webhooks"]
    assert find_export("nothing") is None


async def _walk(store: Store, export: Export) -> list[Row]:
    page = await store.read(read_page, export, None, most=7)
    found = [*page.rows]
    while page.last is not None:
        page = await store.read(read_page, export, page.last, most=7)
        found += page.rows
    return found


def _read_all(tx: Tx) -> bytes:
    return b"".join(read_part(tx, export, form).content for export in EXPORTS.values() for form in Format)


def _list_texts() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Text | LargeBinary)
    }


def _fill_every_column(path: str) -> None:
    """A row for each table, whatever its rules: texts say their column, all else is 1."""
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("PRAGMA ignore_check_constraints=ON")
        for table in metadata.tables.values():
            texts = {
                column.name: f"<{table.name}.{column.name}>"
                for column in table.columns
                if isinstance(column.type, Text | LargeBinary)
            }
            names = [column.name for column in table.columns]
            marks, listed = ", ".join("?" * len(names)), ", ".join(f'"{name}"' for name in names)
            raw.execute(
                f'INSERT OR REPLACE INTO "{table.name}" ({listed}) VALUES ({marks})',
                [texts.get(name, 1) for name in names],
            )
