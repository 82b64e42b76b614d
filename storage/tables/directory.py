"""People looked for by what is said of them: a name, a spoken code, how long they have been quiet."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, bindparam, exists, func, literal_column, or_, select, union
from sqlalchemy.sql.elements import KeyedColumnElement

from storage.records import Person, PersonId, fold_name
from storage.schema.funnel import COUNTED_EVER, funnel
from storage.schema.people import person, profile, spoken
from storage.schema.pulse import asking
from storage.schema.referrals import referral
from storage.tables import people
from storage.tables.people import to_person
from storage.tx import Tx

_BY_SPOKEN = people.PERSON.join(spoken, spoken.c.person_id == person.c.id).where(spoken.c.code == bindparam("code"))

_SPOKEN_OWNERS = select(spoken.c.person_id).where(spoken.c.code.in_(bindparam("codes", expanding=True))).distinct()


def _named(column: KeyedColumnElement[str]) -> Select[tuple[int]]:
    """Return the first findable members by one kind of name: each kind has an index of its own."""
    found = (
        select(profile.c.person_id)
        .join(person)
        .where(column == bindparam("name"), person.c.findable, person.c.started_at.is_not(None))
        .order_by(profile.c.person_id)
        .limit(bindparam("limit"))
        .subquery()
    )
    return select(found)


_NAMED = union(*map(_named, (profile.c.search_name, profile.c.search_first_name, profile.c.search_username))).subquery()
_BY_NAME = people.PERSON.where(person.c.id.in_(select(_NAMED))).order_by(person.c.id).limit(bindparam("limit"))
_BY_USERNAME = people.PERSON.where(
    profile.c.search_username == bindparam("name"), person.c.findable, person.c.started_at.is_not(None)
)
_TO_NUDGE = (
    people.PERSON.outerjoin(asking, asking.c.person_id == person.c.id)
    .where(
        person.c.quiet_since < bindparam("shared_before"),
        person.c.blocked_at.is_(None),
        person.c.nudges,
        or_(person.c.nudged_at.is_(None), person.c.nudged_at < bindparam("nudged_before")),
        or_(asking.c.displeased_at.is_(None), asking.c.displeased_at < bindparam("displeased_before")),
    )
    .order_by(person.c.quiet_since)
    .limit(bindparam("limit"))
)
_WITH_FRIENDS = (
    select(person.c.id, exists().where(referral.c.inviter_id == person.c.id))
    .where(person.c.started_at.between(bindparam("since"), bindparam("until")))
    .order_by(person.c.started_at.desc(), person.c.id.desc())
    .limit(bindparam("limit"))
)
_SHARERS = (
    select(
        person.c.id,
        exists().where(referral.c.inviter_id == person.c.id, referral.c.joined_at >= bindparam("since")),
    )
    .where(person.c.shared_at >= bindparam("since"), person.c.started_at.is_not(None))
    .order_by(person.c.started_at.desc(), person.c.id.desc())
    .limit(bindparam("limit"))
)
_COUNT_MEMBERS = select(func.coalesce(func.sum(funnel.c.members), literal_column("0"))).where(COUNTED_EVER)
_COUNT_BLOCKED = select(func.coalesce(func.sum(funnel.c.blocked), literal_column("0"))).where(COUNTED_EVER)


def find_by_spoken(tx: Tx, code: str) -> Person | None:
    """Return the person a spoken code, in lower case, was ever given to."""
    row = tx.row(_BY_SPOKEN, code=code)
    return None if row is None else to_person(row)


def list_spoken_owners(tx: Tx, codes: Sequence[str]) -> list[PersonId]:
    """Return whom any of some spoken codes, in lower case, was ever given to."""
    return [PersonId(number) for (number,) in tx.rows(_SPOKEN_OWNERS, codes=list(codes))]


def list_by_name(tx: Tx, name: str, *, limit: int) -> list[Person]:
    """Return findable members whose first name, full name or username this is, older members first.

    Capitals and accents do not count, nor does an @ before it.
    """
    folded = fold_name(name.strip().removeprefix("@"))
    return [to_person(row) for row in tx.rows(_BY_NAME, name=folded, limit=limit)] if folded else []


def find_by_username(tx: Tx, username: str) -> Person | None:
    """Return the findable member who was last seen with a username; capitals do not count."""
    row = tx.row(_BY_USERNAME, name=fold_name(username))
    return None if row is None else to_person(row)


def list_to_nudge(
    tx: Tx, *, shared_before: int, nudged_before: int, displeased_before: int, limit: int
) -> list[Person]:
    """Return members who agree to it, have not blocked the bot and are due a nudge, the quietest first.

    Due is who neither started, nor shared, nor was nudged after the last share since `shared_before`, nor was nudged
    at all since `nudged_before`, nor displeased since `displeased_before`.
    """
    moments = {"shared_before": shared_before, "nudged_before": nudged_before, "displeased_before": displeased_before}
    return [to_person(row) for row in tx.rows(_TO_NUDGE, **moments, limit=limit)]


def list_with_friends(tx: Tx, *, since: int, until: int, limit: int) -> list[tuple[PersonId, bool]]:
    """Return members who started between two moments, the latest first, and of each whether they ever brought a friend."""
    rows = tx.rows(_WITH_FRIENDS, since=since, until=until, limit=limit)
    return [(PersonId(number), bool(brought)) for number, brought in rows]


def list_sharers(tx: Tx, *, since: int, limit: int) -> list[tuple[PersonId, bool]]:
    """Return members who took something to pass on since a moment, the latest first, and whether each brought a friend since."""
    return [(PersonId(number), bool(came)) for number, came in tx.rows(_SHARERS, since=since, limit=limit)]


def count_members(tx: Tx) -> int:
    """Count everybody who has started the bot, as the funnel keeps it."""
    return int(tx.scalar(_COUNT_MEMBERS))


def count_blocked(tx: Tx) -> int:
    """Count the members who have blocked the bot; likewise."""
    return int(tx.scalar(_COUNT_BLOCKED))
