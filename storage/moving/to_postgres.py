"""From a SQLite file, in which the bot may be at work, into an empty PostgreSQL schema."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from storage.backups.postgres import emptied, go_on_numbering, has_tables
from storage.checks import find_faults
from storage.engines.file_lock import hold_file_lock, hold_moving_lock
from storage.engines.postgres import hold_alone
from storage.engines.postgres_connection import Connection, connect, describe
from storage.engines.postgres_session import PostgresSession
from storage.engines.postgres_upgrade import read_version, refuse_other_encodings, run_migrations
from storage.engines.sqlite import parse_path
from storage.engines.sqlite_lane import SqliteSession
from storage.engines.sqlite_upgrade import drop_notes
from storage.errors import MoveRefused, StoreBusy, StoreMoved
from storage.migrations import HEAD, Version, compose_arriving, find_gone, is_arriving
from storage.moving import postgres_side as there
from storage.moving import sqlite_side as here
from storage.moving.shapes import Moved, Shape, compare, list_shapes
from storage.tx import Tx, utc_now

ROUNDS = 5
FEW = 2_000
"""So many changed rows are over within a second: the bot is asked to stop once there are no more than these."""

LEAVE_SECONDS = 60.0
"""For how long a bot that was asked to stop is waited for: it looks every 5 s, and then finishes what it has begun."""

PAUSE_SECONDS = 0.02


def move_to_postgres(url: str, to: str, say: Callable[[str], None]) -> Moved:
    """See `storage.moving.move`."""
    path = parse_path(url)
    version = here.find_version(path)
    with there.explained(to), hold_alone(to), connect(to) as connection:
        refuse_other_encodings(connection)
        if gone := find_gone(version):
            return _finish(connection, path, gone, to)
        if has_tables(connection):
            raise MoveRefused(_say_occupied(read_version(connection), describe(to)))
        with ExitStack() as stack:
            ask = stack.enter_context(hold_moving_lock(path))
            stack.callback(_forget_notes, path)
            moving = _Moving(path, connection, say, ask, stack)
            there.allow_long(connection)
            connection.autocommit = False
            run_migrations(connection, then=moving.bring)
            connection.autocommit = True
            moving.leave(describe(to))
            _open_to_all(connection)
        return Moved(describe(to), len(moving.shapes), moving.rows)


@dataclass
class _Moving:
    """One move, inside the one transaction that fills the target."""

    path: Path
    connection: Connection
    say: Callable[[str], None]
    ask: Callable[[], None]
    stack: ExitStack
    token: str = field(default_factory=lambda: secrets.token_hex(8))
    shapes: list[Shape] = field(default_factory=list_shapes)
    rows: int = 0
    upto: int = 0
    last: sqlite3.Connection | None = None

    def bring(self) -> None:
        """Copy everything while the bot works, follow what it changes, and close the old database for it."""
        with here.opened(self.path, writable=True) as raw:
            here.begin_notes(raw, self.shapes)
        with emptied(self.connection):
            self._copy()
            with there.keys_checked_late(self.connection):
                self._follow_while_it_works()
                self.last = self._shut()
                self._follow(self.last)
        self.rows = sum(self._count(self.last, shape) for shape in self.shapes)
        go_on_numbering(self.connection, here.read_numbering(self.last))
        self.connection.execute(b"UPDATE alembic_version SET version_num = %s", [compose_arriving(self.token)])

    def leave(self, place: str) -> None:
        """Say in the old database where the shop has gone: the one moment at which another is in force."""
        assert self.last is not None
        here.set_gone(self.last, self.token, place)

    def _copy(self) -> None:
        """Copy all rows of one moment and hold each against its copy; then do the books."""
        self.say("Copying everything; the bot may go on meanwhile.")
        with here.opened(self.path) as raw:
            self.upto = here.find_last_note(raw)
            for shape in self.shapes:
                there.write_lines(self.connection, shape, here.read_lines(raw, shape))
                there.look_over(self.connection, shape)
            self.say("Comparing row by row.")
            for shape in self.shapes:
                with there.reading(self.connection, shape) as arrived:
                    compare(shape, here.read_lines(raw, shape), arrived)
            self._check_books(raw)

    def _check_books(self, raw: sqlite3.Connection) -> None:
        """What is wrong over there must have been wrong here: then it moves as it is, and the doctor tells of it."""
        found = find_faults(Tx(PostgresSession(self.connection), utc_now(), writable=False))
        raw.text_factory = str
        if found and not find_faults(Tx(SqliteSession(raw), utc_now(), writable=False)):
            raise MoveRefused(f"The books came out otherwise than they were: {found[0]}. Nothing has moved.")

    def _follow_while_it_works(self) -> None:
        for _ in range(ROUNDS):
            with here.opened(self.path) as raw:
                if self._follow(raw) <= FEW:
                    return

    def _follow(self, raw: sqlite3.Connection) -> int:
        """Bring over what was changed since the last look; how many rows that were."""
        changes = here.list_changes(raw, self.upto)
        read = {shape: here.read_rows(raw, shape, changes.keys.get(shape.name, ())) for shape in self.shapes}
        for shape, (_, gone) in reversed(read.items()):
            if gone:
                there.remove_rows(self.connection, shape, gone)
        for shape, (lines, _) in read.items():
            if lines:
                there.replace_rows(self.connection, shape, lines)
        self.upto = changes.upto
        return changes.count()

    def _shut(self) -> sqlite3.Connection:
        """Have the bot leave, and nobody come in."""
        self.say("Nearly all is there. A bot that works on it is asked to stop now.")
        self.ask()
        self.stack.enter_context(_hold_soon(self.path))
        return self.stack.enter_context(here.opened(self.path, writable=True))

    def _count(self, raw: sqlite3.Connection, shape: Shape) -> int:
        count = here.count_rows(raw, shape)
        if count != there.count_rows(self.connection, shape):
            raise MoveRefused(f"{shape.name} came out with more or fewer rows than it has; nothing has moved.")
        return count


@contextmanager
def _hold_soon(path: Path) -> Iterator[None]:
    """Take the instance lock as soon as the bot has left; no connection to the file may be open meanwhile."""
    until = time.monotonic() + LEAVE_SECONDS
    while True:
        with ExitStack() as stack:
            try:
                stack.enter_context(hold_file_lock(path))
            except StoreBusy:
                if time.monotonic() >= until:
                    raise StoreBusy(f"The bot does not leave {path}. Stop it, and move again.") from None
                time.sleep(PAUSE_SECONDS)
                continue
            yield
            return


def _forget_notes(path: Path) -> None:
    if find_gone(here.find_version(path)) is None:
        with here.opened(path, writable=True) as raw:
            drop_notes(raw)
            raw.execute("COMMIT")


def _finish(connection: Connection, path: Path, gone: tuple[str, str], to: str) -> Moved:
    """Open the target of a move that broke off between its last two commits."""
    token, place = gone
    arrived = read_version(connection)
    if arrived is None or arrived.revision != compose_arriving(token):
        raise StoreMoved(f"The shop has moved from {path} to {place} already.")
    _open_to_all(connection)
    shapes = list_shapes()
    return Moved(describe(to), len(shapes), sum(map(partial(there.count_rows, connection), shapes)))


def _open_to_all(connection: Connection) -> None:
    connection.execute(b"UPDATE alembic_version SET version_num = %s", [HEAD])


def _say_occupied(version: Version | None, name: str) -> str:
    if is_arriving(version):
        return (
            f"A move into {name} broke off before the old database was left: nothing is lost. Empty it "
            "(DROP SCHEMA … CASCADE), and move again."
        )
    return f"{name} has tables already. Name an empty database, or another schema by ?schema=name."
