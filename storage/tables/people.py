"""Everybody Telegram has shown us: tables `person`, `profile` and `spoken`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import BindParameter, Update, bindparam, delete, func, literal_column, select, update

from storage.errors import CodeTaken, RowMissing
from storage.records import Person, PersonId, Profile, fold_name, join_name
from storage.schema.honours import honour
from storage.schema.people import person, profile, spoken
from storage.schema.referrals import account
from storage.tx import Conflicting, Row, Tx

_SHOWN = (
    *("id", "code", "started_at", "language", "anonymous", "blocked_at", "score", "spoken_code", "spoken_chosen"),
    *("findable", "nudges", "own_words", "asked_at", "shared_at", "nudged_at", "face", "watched"),
    *("zone", "news_off", "seen_at"),
)
PERSON = (
    select(
        *(person.c[name] for name in _SHOWN),
        profile.c.telegram_id,
        profile.c.first_name,
        profile.c.last_name,
        profile.c.username,
        profile.c.telegram_language,
        func.coalesce(account.c.balance, 0),
        func.coalesce(honour.c.tier, literal_column("''")),
    )
    .select_from(person)
    .join(profile)
    .outerjoin(account, account.c.owner_id == person.c.id)
    .outerjoin(honour, honour.c.person_id == person.c.id)
)


def to_values(profile: Profile) -> dict[str, int | str]:
    """Return the columns of a profile, the searchable ones included."""
    return {
        "search_name": fold_name(join_name(profile.first_name, profile.last_name)),
        "search_first_name": fold_name(profile.first_name),
        "search_username": fold_name(profile.username),
        "telegram_id": profile.telegram_id,
        "first_name": profile.first_name,
        "last_name": profile.last_name,
        "username": profile.username,
        "telegram_language": profile.telegram_language,
    }


def to_person(row: Row) -> Person:
    """Return the person in a row of `PERSON`."""
    person_id, code, started_at, language, anonymous, blocked_at, score, *rest = row
    spoken_code, spoken_chosen, findable, nudges, own_words, asked_at, shared_at, nudged_at, face, *said = rest
    watched, zone, news_off, seen_at, telegram_id, first_name, last_name, username, telegram_language, *kept = said
    return Person(
        id=person_id,
        profile=Profile(
            telegram_id=telegram_id,
            first_name=first_name,
            last_name=last_name,
            username=username,
            telegram_language=telegram_language,
        ),
        code=code,
        started_at=started_at,
        language=language,
        anonymous=bool(anonymous),
        blocked_at=blocked_at,
        score=score,
        balance=kept[0],
        spoken_code=spoken_code,
        spoken_chosen=bool(spoken_chosen),
        findable=bool(findable),
        nudges=bool(nudges),
        own_words=own_words,
        asked_at=asked_at,
        shared_at=shared_at,
        nudged_at=nudged_at,
        face=face,
        tier=kept[1],
        watched=bool(watched),
        zone=zone,
        news_off=frozenset(news_off.split()),
        seen_at=seen_at,
    )


NOBODYS_TELEGRAM_ID = 2**60
"""Telegram's ids have at most 52 bits: above this they are nobody's."""

_NOW: BindParameter[int] = bindparam("now")


def _update_one(**values: object) -> Update:
    return update(person).where(person.c.id == bindparam("of")).values(values)


_BY_TELEGRAM_ID = PERSON.where(profile.c.telegram_id == bindparam("telegram_id"))
_BY_CODE = PERSON.where(person.c.code == bindparam("code"))
_BY_ID = PERSON.where(person.c.id == bindparam("id"))
_BY_IDS = PERSON.where(person.c.id.in_(bindparam("ids", expanding=True)))
_ADD = Conflicting(
    lambda insert: (
        insert(person)
        .values(code=bindparam("code"), created_at=bindparam("now"))
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(person.c.id)
    )
)
_ADD_PROFILE = Conflicting(
    lambda insert: (
        insert(profile)
        .values({column.name: bindparam(column.name) for column in profile.c})
        .on_conflict_do_nothing(index_elements=["telegram_id"])
        .returning(profile.c.person_id)
    )
)
_DELETE = delete(person).where(person.c.id == bindparam("id"))
_SET_PROFILE = (
    update(profile)
    .where(profile.c.person_id == bindparam("id"))
    .values({column.name: bindparam(column.name) for column in profile.c if column.name != "person_id"})
)
_TAKE_USERNAME = (
    update(profile)
    .where(profile.c.search_username == bindparam("held"), profile.c.telegram_id != bindparam("by"))
    .values(username="", search_username="")
)
_SET_STARTED = _update_one(started_at=_NOW, quiet_since=_NOW, seen_at=_NOW, start_language=bindparam("language")).where(
    person.c.started_at.is_(None)
)
_VALUES = {
    name: update(person).where(person.c.id == bindparam("of")).values({name: bindparam("value")}) for name in _SHOWN
}
_SET_BLOCKED = _update_one(blocked_at=func.coalesce(person.c.blocked_at, _NOW))
_ADD_SPOKEN = Conflicting(
    lambda insert: (
        insert(spoken)
        .values(code=bindparam("code"), person_id=bindparam("of"), created_at=bindparam("now"))
        .on_conflict_do_nothing(index_elements=["code"])
    )
)
_SPOKEN_OWNER = select(spoken.c.person_id).where(spoken.c.code == bindparam("code"))
_SET_SPOKEN = _update_one(spoken_code=bindparam("code"), spoken_chosen=bindparam("chosen"))
_NOTE_SHARED = _update_one(
    shared_at=_NOW, quiet_since=_NOW, sent_at=func.coalesce(bindparam("sent_at"), person.c.sent_at)
)
_NOTE_NUDGED = _update_one(nudged_at=_NOW, quiet_since=None)
_PASS_OVER = _update_one(quiet_since=None)
_LOCK = select(person.c.id).where(person.c.id == bindparam("id")).with_for_update()

_LEFT_EMPTY = (
    *("started_at", "language", "spoken_code", "asked_at", "shared_at", "nudged_at", "quiet_since", "zone"),
    *("sent_at", "seen_at"),
)
_FORGET = (
    update(person)
    .where(person.c.id == bindparam("of"))
    .values(
        code=bindparam("code"),
        anonymous=True,
        blocked_at=bindparam("now"),
        **dict.fromkeys(("spoken_chosen", "findable", "nudges", "watched"), False),
        **dict.fromkeys(_LEFT_EMPTY),
        **dict.fromkeys(("own_words", "face", "news_off", "start_language"), ""),
    )
)
_FORGET_SPOKEN = delete(spoken).where(spoken.c.person_id == bindparam("of"))


def find_by_telegram_id(tx: Tx, telegram_id: int) -> Person | None:
    """Return the person behind a Telegram id."""
    row = tx.row(_BY_TELEGRAM_ID, telegram_id=telegram_id)
    return None if row is None else to_person(row)


def find_member(tx: Tx, telegram_id: int) -> Person | None:
    """Likewise, of a member; None for whoever has not started the bot."""
    found = find_by_telegram_id(tx, telegram_id)
    return found if found is not None and found.started_at is not None else None


def find_by_code(tx: Tx, code: str) -> Person | None:
    """Return the person an invitation code belongs to."""
    row = tx.row(_BY_CODE, code=code)
    return None if row is None else to_person(row)


def get(tx: Tx, person_id: PersonId) -> Person:
    """Return a person.

    Raises:
        RowMissing: there is no such person.
    """
    row = tx.row(_BY_ID, id=person_id)
    if row is None:
        raise RowMissing(f"There is no person {person_id}.")
    return to_person(row)


def list_by_ids(tx: Tx, ids: Collection[PersonId]) -> dict[PersonId, Person]:
    """Return the people that exist among some ids."""
    found = map(to_person, tx.rows(_BY_IDS, ids=list(ids)) if ids else ())
    return {each.id: each for each in found}


def add(tx: Tx, profile: Profile, code: str) -> Person:
    """Add a person, or return the one that Telegram id has already.

    Raises:
        CodeTaken: the code is somebody else's; draw another one.
    """
    person_id = tx.scalar(_ADD, code=code, now=tx.now)
    if person_id is not None:
        _take_username(tx, profile)
        if tx.scalar(_ADD_PROFILE, person_id=person_id, **to_values(profile)) is not None:
            nothing: dict[str, Any] = dict.fromkeys(("started_at", "language", "blocked_at"))
            return Person(id=person_id, profile=profile, code=code, anonymous=False, score=0, **nothing)
        tx.run(_DELETE, id=person_id)
    # Either the code is taken, or this person is there already, perhaps added by another transaction a moment ago.
    known = find_by_telegram_id(tx, profile.telegram_id)
    if known is None:
        raise CodeTaken("The code drawn for a new person is taken.")
    return known


def set_profile(tx: Tx, person_id: PersonId, profile: Profile) -> None:
    """Write down what Telegram says of a person now; a username is the last one's who was seen with it."""
    _take_username(tx, profile)
    tx.run(_SET_PROFILE, id=person_id, **to_values(profile))


def set_started(tx: Tx, person_id: PersonId, language: str = "") -> bool:
    """Make a person a member who is greeted in this language; True only for the one call that did."""
    return tx.run(_SET_STARTED, of=person_id, now=tx.now, language=language) == 1


def set_language(tx: Tx, person_id: PersonId, language: str | None) -> None:
    """Set the language chosen; None follows Telegram's."""
    tx.run(_VALUES["language"], of=person_id, value=language)


def set_anonymous(tx: Tx, person_id: PersonId, anonymous: bool) -> None:  # noqa: FBT001  # the value itself
    """Set whether a person appears in the ranking without a name."""
    tx.run(_VALUES["anonymous"], of=person_id, value=anonymous)


def set_blocked(tx: Tx, person_id: PersonId, blocked: bool) -> None:  # noqa: FBT001  # the value itself
    """Set whether a person has blocked the bot; the moment of the first blocking stays until it is lifted."""
    tx.run(_SET_BLOCKED if blocked else _VALUES["blocked_at"], of=person_id, now=tx.now, value=None)


def set_spoken(tx: Tx, person_id: PersonId, code: str, *, chosen: bool) -> bool:
    """Give a person a spoken code, in lower case; False where it is somebody else's.

    Codes the person had before stay the person's own: they may be on a friend's mind.
    """
    tx.run(_ADD_SPOKEN, of=person_id, code=code, now=tx.now)
    free = bool(tx.scalar(_SPOKEN_OWNER, code=code) == person_id)
    if free:
        tx.run(_SET_SPOKEN, of=person_id, code=code, chosen=chosen)
    return free


def set_findable(tx: Tx, person_id: PersonId, findable: bool) -> None:  # noqa: FBT001  # the value itself
    """Set whether newcomers can name this person."""
    tx.run(_VALUES["findable"], of=person_id, value=findable)


def set_nudges(tx: Tx, person_id: PersonId, nudges: bool) -> None:  # noqa: FBT001  # the value itself
    """Set whether a person may be nudged."""
    tx.run(_VALUES["nudges"], of=person_id, value=nudges)


def set_own_words(tx: Tx, person_id: PersonId, text: str) -> None:
    """Keep a member's own line on the card; empty for none."""
    tx.run(_VALUES["own_words"], of=person_id, value=text)


def set_face(tx: Tx, person_id: PersonId, photo_id: str) -> None:
    """Set which photo stands on a member's cards; empty for none."""
    tx.run(_VALUES["face"], of=person_id, value=photo_id)


def set_watched(tx: Tx, person_id: PersonId) -> None:
    """Look at whom this member brings from now on, however few they are."""
    tx.run(_VALUES["watched"], of=person_id, value=True)


def set_zone(tx: Tx, person_id: PersonId, zone: str | None) -> None:
    """Set where a person says to be; None follows the language."""
    tx.run(_VALUES["zone"], of=person_id, value=zone)


def set_news_off(tx: Tx, person_id: PersonId, kinds: Collection[str]) -> None:
    """Set which kinds of broadcasts a person does not want."""
    tx.run(_VALUES["news_off"], of=person_id, value=f" {' '.join(sorted(kinds))} " if kinds else "")


def note_asked(tx: Tx, person_id: PersonId) -> None:
    """Note that a person is asked now who had recommended the bot."""
    tx.run(_VALUES["asked_at"], of=person_id, value=tx.now)


def note_shared(tx: Tx, person_id: PersonId, *, is_sent: bool) -> None:
    """Note that a person shares now, and whether it was seen to leave their hands; told by `shares.add`."""
    tx.run(_NOTE_SHARED, of=person_id, now=tx.now, sent_at=tx.now if is_sent else None)


def note_seen(tx: Tx, person_id: PersonId) -> None:
    """Note that a person is heard of now."""
    tx.run(_VALUES["seen_at"], of=person_id, value=tx.now)


def note_nudged(tx: Tx, person_id: PersonId, *, ends_spell: bool = True) -> None:
    """Note that a person is asked now to share; a nudge ends the spell in which they are quiet, a good moment does not."""
    tx.run(_NOTE_NUDGED if ends_spell else _VALUES["nudged_at"], of=person_id, now=tx.now, value=tx.now)


def pass_over(tx: Tx, person_id: PersonId) -> None:
    """Let a person who would be due a nudge be without one, until they have shared and are quiet anew."""
    tx.run(_PASS_OVER, of=person_id)


def forget(tx: Tx, person_id: PersonId) -> None:
    """Leave nothing of a person but a number for the books: no name, no Telegram id, no code, no choice.

    The row goes on without anybody behind it: it is no member, gets nothing, and appears without a name.
    """
    tx.run(_FORGET, of=person_id, code=f"~{person_id}", now=tx.now)
    tx.run(_FORGET_SPOKEN, of=person_id)
    set_profile(tx, person_id, Profile(telegram_id=NOBODYS_TELEGRAM_ID + person_id, first_name=""))


def lock(tx: Tx, person_id: PersonId) -> None:
    """Keep everybody else from changing a person until this transaction ends."""
    tx.row(_LOCK, id=person_id)


def _take_username(tx: Tx, profile: Profile) -> None:
    """Telegram gives a username to one account at a time: whoever else was known by it has it no more."""
    if profile.username:
        tx.run(_TAKE_USERNAME, held=fold_name(profile.username), by=profile.telegram_id)
