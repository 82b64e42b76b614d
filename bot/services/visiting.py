"""Somebody comes to the web side: whose link it is, and what is counted."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.visiting import compute_hour
from bot.services.campaigns import get_terms
from bot.services.members import MemberView, find_by_link, view_member
from bot.services.rewards.granting import find_story
from storage.frozen import frozen
from storage.records import PersonId, ShareWay
from storage.tables import clicks, people, shares, visits
from storage.tx import Tx

NOBODYS_CODE = ""


@frozen
class Click:
    """A member's link that a person opened; `visitor` is today's name for that person, empty until they have it."""

    member_id: PersonId
    code: str
    source: str
    visitor: str = ""
    story: str = ""
    """The mark of the story that the link names; empty for none."""
    campaign: int | None = None
    """The number of the campaign that it names; None for the shop's."""


@frozen
class Holder:
    """The member who has a code, if any; it is `taken` also by somebody who may become a member."""

    host: MemberView | None
    taken: bool


def compose_nobody(language: str) -> MemberView:
    """Whom a link belongs to that belongs to nobody: the shop itself, in its own language."""
    return MemberView(
        id=PersonId(0),
        telegram_id=0,
        name="",
        code=NOBODYS_CODE,
        language=language,
        score=0,
        balance=0,
        anonymous=True,
    )


def find_holder(tx: Tx, *, code: str) -> Holder:
    """Whose code this is, be it one of their own choice."""
    person = find_by_link(tx, code)
    host = view_member(tx, person) if person is not None and person.is_member else None
    return Holder(host=host, taken=person is not None)


def count_clicks(tx: Tx, *, clicked: Sequence[Click]) -> int:
    """Count clicks, the same visitor on the same member's link once an hour, and as a person once a day; returns how many were new."""
    hour, new = compute_hour(tx.now), 0
    for click in clicked:
        is_first = not visits.is_known(tx, click.visitor)
        if visits.add(tx, click.visitor, click.code, hour):
            new += 1
            story = find_story(get_terms(tx), click.story) if click.story else ""
            clicks.add(tx, click.member_id, click.source, story=story, campaign=click.campaign, is_first=is_first)
    return new


def note_page_share(tx: Tx, *, code: str) -> bool:
    """Count that the link left by the share page; False for a code that no member has."""
    person = people.find_by_code(tx, code)
    if person is None or not person.is_member:
        return False
    shares.add(tx, person.id, ShareWay.PAGE)
    return True
