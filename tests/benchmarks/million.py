"""A shop of many members, generated: the rows of each table as the services would have left them, into either engine.

Every fifth member has been here from the beginning; everybody else came by one of them, a few of whom brought very many, as it
is with people. Joins lie within two years before `NOW`, each with an event, both rewards and their transfers, and three clicks.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from psycopg.sql import SQL, Identifier

from storage.engines.postgres_connection import Connection, connect
from storage.migrations.versions import v0051_funnel as funnel
from storage.migrations.versions import v0063_score_bands as bands
from storage.migrations.versions import v0064_inviter_sums as inviter_sums

Rows = Iterable[Sequence[object]]

FRIENDS_EACH = 4
"""So many friends there are for everybody who was here from the beginning."""
CLICKS_EACH = 3
SKEW = 3.0
"""The power of evenly drawn numbers that chooses an inviter: of 200,000 the first brings about one friend in sixty."""
YEARS = 2
NOW = 1_767_225_600_000_000
"""The first moment of 2026."""
OWN_BOARDS = 1001, 1002
"""The campaign's, and that of a race in it."""
_ALL_SEEN = (
    "UPDATE watch SET looked_upto = (SELECT max(id) FROM referral), settled_upto = (SELECT max(id) FROM referral)"
)
"""Everybody has been looked at, as in a shop that grew; what is measured is the next friend."""
_OWED = """
    UPDATE liability SET balances = summed.points FROM
    (SELECT id & 255 AS shard, SUM(balance) AS points FROM account WHERE owner_id IS NOT NULL GROUP BY 1) AS summed
    WHERE summed.shard = liability.shard
"""
_YEAR = 365 * 86_400 * 1_000_000
_SIDES = (("inviter", 50, "invited_friend"), ("invitee", 25, "welcome"))


@dataclass(frozen=True)
class Town:
    """So many members, always the same for the same number."""

    members: int

    @property
    def founders(self) -> int:
        """How many have been here from the beginning: members 1 to this."""
        return self.members // (FRIENDS_EACH + 1)

    @cached_property
    def inviters(self) -> list[int]:
        """Who brought each of the others, in order of their coming."""
        chance = random.Random(self.members)
        return [1 + int(self.founders * chance.random() ** SKEW) for _ in range(self.founders, self.members)]

    @cached_property
    def friends(self) -> Counter[int]:
        """How many friends each inviter has."""
        return Counter(self.inviters)

    def joined_at(self, referral: int) -> int:
        """When the friend of a referral came (UTC microseconds)."""
        return NOW - YEARS * _YEAR + referral * (YEARS * _YEAR // (self.members + 1))

    def list_tables(self, boards: Sequence[int]) -> Iterator[tuple[str, str, Rows]]:
        """Each table, its columns and its rows, in an order in which foreign keys hold; everybody counts on these boards too."""
        everybody = range(1, self.members + 1)
        came = list(enumerate(self.inviters, 1))
        yield "campaign", "id slug created_at", [(1, "welcome", 1)]
        yield "campaign_version", "id campaign_id number content digest created_at", [(1, 1, 0, "", "", 1)]
        yield (
            "person",
            "id code started_at score created_at",
            ((each, code_of(each), self._began(each), self.friends[each], self._began(each)) for each in everybody),
        )
        yield (
            "profile",
            "person_id telegram_id first_name search_name search_first_name telegram_language",
            ((each, each, f"Member {each}", f"member {each}", f"member {each}", "en") for each in everybody),
        )
        yield "account", "id owner_id balance", ((each + 1, each, self._balance(each)) for each in everybody)
        yield (
            "referral",
            "id inviter_id invitee_id campaign_version_id source state joined_at",
            ((n, inviter, self.founders + n, 1, "fwd", "qualified", self.joined_at(n)) for n, inviter in came),
        )
        yield from self._list_rewards(came)
        yield (
            "click",
            "person_id source clicked_at campaign_id",
            ((inviter, "fwd", self.joined_at(n), 1) for n, inviter in came for _ in range(CLICKS_EACH)),
        )
        yield from self._list_boards([*boards, *OWN_BOARDS])

    def _began(self, member: int) -> int:
        return self.joined_at(max(0, member - self.founders))

    def _balance(self, member: int) -> int:
        return 50 * self.friends[member] + (25 if member > self.founders else 0)

    def _list_rewards(self, came: Sequence[tuple[int, int]]) -> Iterator[tuple[str, str, Rows]]:
        def both(make: Callable[[int, int, str, int, str, int], Sequence[object]]) -> Rows:
            for n, inviter in came:
                for at, (side, points, reason) in enumerate(_SIDES):
                    person = inviter if side == "inviter" else self.founders + n
                    yield make(n, person, side, points, reason, 2 * n - 1 + at)

        yield (
            "ledger",
            "id debit_id credit_id amount key reason referral_id posted_at",
            both(
                lambda n, person, side, points, reason, number: (
                    *(number, 1, person + 1, points, f"referral:{n}:{side}:join", reason, n, self.joined_at(n)),
                )
            ),
        )
        yield (
            "event",
            "id kind person_id referral_id campaign_version_id key happened_at",
            (
                (2 * n - 1 + at, kind, self.founders + n, n, 1, f"{kind}:{n}", self.joined_at(n))
                for n, _ in came
                for at, kind in enumerate(("joined", "qualified"))
            ),
        )
        yield (
            "grant",
            "event_id side rule person_id state kind points ledger_id granted_at",
            both(
                lambda n, person, side, points, _, number: (
                    *(2 * n, side, "join", person, "available", "points", points, number, self.joined_at(n)),
                )
            ),
        )

    def _list_boards(self, boards: Sequence[int]) -> Iterator[tuple[str, str, Rows]]:
        whole, race = OWN_BOARDS
        yield "board", "id campaign_id period", [(whole, 1, "all"), (race, 1, "contest:race")]
        yield (
            "contest",
            "campaign_id key campaign_version_id board_id starts_at ends_at seed",
            [(1, "race", 1, race, 0, 4_070_908_800_000_000, b"\0")],
        )
        scores = Counter(self.friends.values())
        ranked = sorted(self.friends.items())
        yield "standing", "board_id person_id score", ((board, *each) for board in boards for each in ranked)
        yield "score", "board_id score members", ((board, *each) for board in boards for each in scores.items())


def code_of(member: int) -> str:
    """A member's code."""
    return f"{member:010d}"


def fill(database: Path, members: int, *, kind: type[Town] = Town) -> None:
    """Write the town into a SQLite file that is migrated and empty; the books balance afterwards."""
    town = kind(members)
    with sqlite3.connect(database, isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA cache_size=-200000")
        connection.execute("BEGIN")
        boards = [number for (number,) in connection.execute("SELECT id FROM board")]
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        for table, columns, rows in town.list_tables(boards):
            names = columns.split()
            marks = ", ".join("?" * len(names))
            connection.executemany(f'INSERT INTO "{table}" ({_join(names)}) VALUES ({marks})', rows)
        for statement in (*_list_sums(), _ALL_SEEN, *(sql for _, sql in triggers)):
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def fill_postgres(url: str, members: int, *, kind: type[Town] = Town) -> None:
    """Likewise into a PostgreSQL database, by COPY, as a superuser; numbers go on behind the last one."""
    town = kind(members)
    with connect(url) as connection:
        connection.execute(b"BEGIN")
        connection.execute(b"SET LOCAL session_replication_role = replica")
        boards = [number for (number,) in connection.execute(b"SELECT id FROM board").fetchall()]
        for table, columns, rows in town.list_tables(boards):
            _copy(connection, table, columns.split(), rows)
        for statement in (*_list_sums(), _ALL_SEEN):
            connection.execute(statement.encode())
        connection.execute(b"COMMIT")
        connection.execute(b"VACUUM ANALYZE")
        connection.execute(b"VACUUM")  # as in a shop that grew: what was written last counts as seen by all only now
        connection.execute(b"CHECKPOINT")


def _list_sums() -> Iterator[str]:
    """What the database keeps of the rows by triggers, counted once: row by row it would take ten times as long.

    Most are the statements by which migrations have counted what was there already; clicks have a campaign by now.
    """
    people, clicks, friends = (
        next(each for each in funnel.FILLED if each[0].split()[0] == table) for table in ("person", "click", "referral")
    )
    by_campaign = (clicks[0], {"campaign_id": "campaign_id", **clicks[1]}, clicks[2])
    for rows, key, counted in (people, by_campaign, friends):
        yield funnel.compose_addition(key, counted, f"FROM {rows}", grouped=True)
    yield funnel.CYCLES
    yield _OWED
    yield bands.FILL
    yield inviter_sums.FILL


def _copy(connection: Connection, table: str, columns: list[str], rows: Rows) -> None:
    names = SQL(", ").join(map(Identifier, columns))
    with (
        connection.cursor() as cursor,
        cursor.copy(SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), names)) as copy,
    ):
        for each in rows:
            copy.write_row(each)
    if columns[0] == "id":
        connection.execute(
            SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))").format(
                f'"{table}"', Identifier(table)
            )
        )


def _join(names: Iterable[str]) -> str:
    return ", ".join(f'"{each}"' for each in names)
