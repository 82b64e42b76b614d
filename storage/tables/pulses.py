"""How members say it was: table `pulse`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, Text, bindparam, cast, func, insert, literal_column, select, update

from storage.pulse import AnswerCount, Pulse, PulseCause, PulseId
from storage.records import PersonId
from storage.schema.pulse import pulse
from storage.tx import Row, Tx

WEEKS_BEGIN = 3
"""Days from a Monday to the first day of 1970, a Thursday."""
_DAY = 86_400_000_000

_SHOWN = ("id", "person_id", "cause", "asked_at", "answered_at", "answer", "words")
_ADDED = ("person_id", "cause", "source", "asked_at")
_ADD = insert(pulse).values({name: bindparam(name) for name in _ADDED}).returning(pulse.c.id)
_FIND = select(*(pulse.c[name] for name in _SHOWN)).where(pulse.c.id == bindparam("which"))
_FIND_LAST = select(pulse.c.id).where(pulse.c.person_id == bindparam("of")).order_by(pulse.c.id.desc()).limit(1)
_ANSWER = (
    update(pulse)
    .where(pulse.c.id == bindparam("which"), pulse.c.answer.is_(None))
    .values(answer=bindparam("said"), answered_at=bindparam("now"))
)
_SET_WORDS = update(pulse).where(pulse.c.id == bindparam("which")).values(words=bindparam("said"))
_LIST_WITH_WORDS = (
    select(*(pulse.c[name] for name in _SHOWN))
    .where(pulse.c.words != literal_column("''"))
    .order_by(pulse.c.id.desc())
    .limit(bindparam("limit"))
)
_FORGET = update(pulse).where(pulse.c.person_id == bindparam("of")).values(words="", source="")


def _count_by(group: ColumnElement[str]) -> Select[tuple[str, int | None, int]]:
    between = pulse.c.asked_at.between(bindparam("since"), bindparam("until"))
    return select(group, pulse.c.answer, func.count()).where(between).group_by(group, pulse.c.answer)


_WEEK = (pulse.c.asked_at // literal_column(str(_DAY)) + literal_column(str(WEEKS_BEGIN))) // literal_column("7")
_COUNT_BY_WEEK = _count_by(cast(_WEEK, Text))
_COUNT_BY_SOURCE = _count_by(pulse.c.source)


def add(tx: Tx, person_id: PersonId, cause: PulseCause, source: str) -> PulseId:
    """Note that a member is asked now."""
    return PulseId(tx.scalar(_ADD, person_id=person_id, cause=cause, source=source, asked_at=tx.now))


def find(tx: Tx, pulse_id: PulseId) -> Pulse | None:
    """Return a question; None where there never was one of this number."""
    row = tx.row(_FIND, which=pulse_id)
    return None if row is None else _to_pulse(row)


def find_last(tx: Tx, person_id: PersonId) -> PulseId | None:
    """Return the last question that somebody was asked."""
    return tx.scalar(_FIND_LAST, of=person_id)  # type: ignore[no-any-return]


def answer(tx: Tx, pulse_id: PulseId, said: int) -> bool:
    """Note an answer from 1 to 5; False where there was one before, which stands."""
    return tx.run(_ANSWER, which=pulse_id, said=said, now=tx.now) == 1


def set_words(tx: Tx, pulse_id: PulseId, said: str) -> None:
    """Keep what somebody added in their own words."""
    tx.run(_SET_WORDS, which=pulse_id, said=said)


def list_with_words(tx: Tx, *, limit: int) -> list[Pulse]:
    """Return the latest questions to whose answer somebody added a line, the latest first."""
    return [_to_pulse(row) for row in tx.rows(_LIST_WITH_WORDS, limit=limit)]


def count_by_week(tx: Tx, *, since: int, until: int) -> list[AnswerCount]:
    """Count the answers to what was asked between two moments; the groups are weeks, numbered from that of 1970's first day."""
    return [AnswerCount(*row) for row in tx.rows(_COUNT_BY_WEEK, since=since, until=until)]


def count_by_source(tx: Tx, *, since: int, until: int) -> list[AnswerCount]:
    """Likewise by the way that members came; the empty one is nobody's doing."""
    return [AnswerCount(*row) for row in tx.rows(_COUNT_BY_SOURCE, since=since, until=until)]


def forget_of(tx: Tx, person_id: PersonId) -> None:
    """Keep no word of somebody; how they answered stays in the figures, as nobody's."""
    tx.run(_FORGET, of=person_id)


def _to_pulse(row: Row) -> Pulse:
    pulse_id, person_id, cause, asked_at, answered_at, said, words = row
    return Pulse(
        id=PulseId(pulse_id),
        person_id=PersonId(person_id),
        cause=PulseCause(cause),
        asked_at=asked_at,
        answered_at=answered_at,
        answer=said,
        words=words,
    )
