"""What a member wants to read in broadcasts, and where they are, so that none arrives at night."""

from __future__ import annotations

from bot.core.zones import choose_zone, find_zone_of_language
from bot.services.campaigns import find_zone
from bot.services.conversations import leave
from bot.services.members import MemberView, enter, view_member
from storage.broadcast import News
from storage.frozen import frozen
from storage.records import Person, Profile
from storage.tables import conversations, deliveries, people, shops
from storage.tx import Tx

NEWS = "news"
"""The flow in which a zone is named."""
WAIT_SECONDS = 15 * 60


@frozen
class NewsView:
    """What a member has chosen."""

    member: MemberView
    wanted: frozenset[News]
    zone: str
    """The IANA's name of where they are taken to be."""
    is_chosen: bool
    """They said so; otherwise it follows from their language, or is the shop's."""
    by_language: bool


def view_news(tx: Tx, *, visitor: Profile) -> NewsView:
    """What a member has chosen."""
    return _view(tx, enter(tx, visitor))


def set_wanted(tx: Tx, *, visitor: Profile, kind: News, wanted: bool) -> NewsView:
    """Take a kind of news, or leave it; what waits for the member and is of it, they will not get."""
    person = enter(tx, visitor)
    off = person.news_off - {kind} if wanted else person.news_off | {kind}
    people.set_news_off(tx, person.id, off)
    if not wanted:
        deliveries.decline(tx, person.id, kind)
    return _view(tx, enter(tx, visitor))


def ask_zone(tx: Tx, *, visitor: Profile) -> NewsView:
    """Wait for the name of a place."""
    person = enter(tx, visitor)
    conversations.open(tx, person.id, NEWS, "zone", {}, expires_at=tx.now + WAIT_SECONDS * 1_000_000)
    return _view(tx, person)


def set_zone(tx: Tx, *, visitor: Profile, zone: str | None) -> NewsView:
    """Be somewhere; None follows the language. What waits for an hour of the member is planned anew."""
    leave(tx, visitor=visitor, flow=NEWS)
    person = enter(tx, visitor)
    if person.zone != zone:
        people.set_zone(tx, person.id, zone)
        deliveries.plan_anew(tx, person.id)
    return _view(tx, enter(tx, visitor))


def stop_asking(tx: Tx, *, visitor: Profile) -> NewsView:
    """The place stays as it was."""
    leave(tx, visitor=visitor, flow=NEWS)
    return _view(tx, enter(tx, visitor))


def _view(tx: Tx, person: Person) -> NewsView:
    shop = shops.find(tx)
    language = person.language or person.profile.telegram_language
    zone = choose_zone(person.zone, language, find_zone(None if shop is None else shop.zone))
    return NewsView(
        member=view_member(tx, person),
        wanted=frozenset(each for each in News if each not in person.news_off),
        zone=str(zone),
        is_chosen=person.zone is not None,
        by_language=person.zone is None and bool(find_zone_of_language(language)),
    )
