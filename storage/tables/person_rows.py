"""How a person lies in tables `person` and `profile`."""

from __future__ import annotations

from sqlalchemy import select

from storage.records import Person, Profile
from storage.schema import person, profile
from storage.texts import fold_name, join_name
from storage.tx import Row

PERSON = (
    select(
        person.c.id,
        person.c.code,
        person.c.started_at,
        person.c.language,
        person.c.anonymous,
        person.c.blocked_at,
        person.c.score,
        person.c.spoken_code,
        person.c.spoken_chosen,
        person.c.findable,
        person.c.nudges,
        person.c.own_words,
        person.c.asked_at,
        person.c.shared_at,
        person.c.nudged_at,
        profile.c.telegram_id,
        profile.c.first_name,
        profile.c.last_name,
        profile.c.username,
        profile.c.telegram_language,
    )
    .select_from(person)
    .join(profile)
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


def to_person_or_none(row: Row | None) -> Person | None:
    """Return the person in a row of `PERSON`, if there is one."""
    return None if row is None else to_person(row)


def to_person(row: Row) -> Person:
    """Return the person in a row of `PERSON`."""
    person_id, code, started_at, language, anonymous, blocked_at, score, *rest = row
    spoken_code, spoken_chosen, findable, nudges, own_words, asked_at, shared_at, nudged_at, *said = rest
    telegram_id, first_name, last_name, username, telegram_language = said
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
        spoken_code=spoken_code,
        spoken_chosen=bool(spoken_chosen),
        findable=bool(findable),
        nudges=bool(nudges),
        own_words=own_words,
        asked_at=asked_at,
        shared_at=shared_at,
        nudged_at=nudged_at,
    )
