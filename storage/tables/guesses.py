"""Unknown codes tried by somebody since a moment: table `guess`."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from storage.schema.people import guess
from storage.tx import Conflicting, Tx

_FIND = select(guess.c.window_at, guess.c.misses).where(guess.c.telegram_id == bindparam("telegram_id"))
_SET = Conflicting(
    lambda insert: (
        insert(guess)
        .values(telegram_id=bindparam("telegram_id"), window_at=bindparam("window_at"), misses=bindparam("misses"))
        .on_conflict_do_update(
            index_elements=["telegram_id"],
            set_={"window_at": bindparam("window_at"), "misses": bindparam("misses")},
        )
    )
)
_DELETE_OF = delete(guess).where(guess.c.telegram_id == bindparam("of"))
_DELETE_BEFORE = delete(guess).where(
    guess.c.telegram_id.in_(
        select(guess.c.telegram_id).where(guess.c.window_at < bindparam("before")).limit(bindparam("limit"))
    )
)


def find(tx: Tx, telegram_id: int) -> tuple[int, int] | None:
    """Return since when and how often somebody guessed in vain."""
    row = tx.row(_FIND, telegram_id=telegram_id)
    return None if row is None else (row[0], row[1])


def set(tx: Tx, telegram_id: int, window_at: int, misses: int) -> None:  # noqa: A001  # read as guesses.set
    """Write down since when and how often somebody guessed in vain."""
    tx.run(_SET, telegram_id=telegram_id, window_at=window_at, misses=misses)


def delete_before(tx: Tx, before: int, limit: int) -> int:
    """Forget windows that began before a moment, and return how many."""
    return tx.run(_DELETE_BEFORE, before=before, limit=limit)


def delete_of(tx: Tx, telegram_id: int) -> None:
    """Forget how often somebody guessed."""
    tx.run(_DELETE_OF, of=telegram_id)
