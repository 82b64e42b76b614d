"""A member's line becomes a story by their consent, and is none any more as soon as they take it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.pulse import Mood, decide_mood
from bot.core.roles import MANAGERS
from bot.core.testimonials import TESTIMONIALS_SHOWN, clean_author
from bot.services.audit import Act
from bot.services.members import MemberView, demand, enter, list_chats, view_member
from bot.services.notices import owe
from bot.services.testimonials.notices import TestimonialCame, TestimonialShown
from storage.addresses import MemberAddress
from storage.frozen import frozen
from storage.pulse import PulseId
from storage.records import PersonId, Profile
from storage.tables import audit, people, pulses, roles, shops, testimonials
from storage.testimonial import Testimonial, TestimonialState
from storage.tx import Tx


@frozen
class OwnView:
    """What a member says, as they see it."""

    member: MemberView
    said: Testimonial | None
    author: str
    """How they are called in it."""
    waiting: int | None = None
    """How many wait for whoever runs the shop; None where that is not the reader's business."""


@frozen
class OfferedView:
    """What a member says, as whoever runs the shop sees it."""

    member: MemberView
    said: Testimonial | None
    full: bool = False
    """There is no room for another."""


def view_own(tx: Tx, *, visitor: Profile) -> OwnView:
    """What a member says."""
    person = enter(tx, visitor)
    runs_it = roles.find(tx, visitor.telegram_id) in MANAGERS
    return OwnView(
        member=view_member(tx, person),
        said=testimonials.find(tx, person.id),
        author=clean_author(person.profile.first_name, anonymous=person.anonymous),
        waiting=testimonials.count_offered(tx) if runs_it else None,
    )


def find_line(tx: Tx, *, visitor: Profile, pulse_id: PulseId) -> tuple[OwnView, str]:
    """What a member has written of how it was, where they were pleased; empty for anything else."""
    own, pulse = view_own(tx, visitor=visitor), pulses.find(tx, pulse_id)
    if pulse is None or pulse.person_id != own.member.id or pulse.answer is None:
        return own, ""
    return own, pulse.words if decide_mood(pulse.answer) is Mood.PLEASED else ""


def offer(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> OwnView:
    """All may read it, says its member: whoever runs the shop hears of it. What they said before is told no more."""
    person = enter(tx, visitor)
    people.lock(tx, person.id)
    _take_back(tx, person.id)
    author = clean_author(person.profile.first_name, anonymous=person.anonymous)
    testimonials.set_words(tx, person.id, words=str(data["words"]), name=author)
    for address in list_chats(tx, MANAGERS):
        owe(tx, address, TestimonialCame(person=person.id), key=f"{person.id}:{address.person_id}:{tx.now}")
    return view_own(tx, visitor=visitor)


def withdraw(tx: Tx, *, visitor: Profile) -> OwnView:
    """Take it back: no new card says it."""
    person = enter(tx, visitor)
    people.lock(tx, person.id)
    _take_back(tx, person.id)
    return view_own(tx, visitor=visitor)


def forget_of(tx: Tx, person_id: PersonId) -> None:
    """Take it back for who is forgotten."""
    _take_back(tx, person_id)


def view_offered(tx: Tx, *, visitor: Profile) -> OfferedView:
    """What has waited longest.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    return OfferedView(member=view_member(tx, enter(tx, visitor)), said=testimonials.find_offered(tx))


def show(tx: Tx, *, visitor: Profile, person_id: PersonId, made_at: int, headlines: Mapping[str, str]) -> OfferedView:
    """Make a story of it, by these headlines; its member hears so. What was said at another moment is not shown for it.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    shops.note_changed(tx)  # the shop's row is locked: of two who show the last one sees the other's
    if len(testimonials.list_shown(tx, limit=TESTIMONIALS_SHOWN)) >= TESTIMONIALS_SHOWN:
        said = testimonials.find(tx, person_id)
        return OfferedView(member=view_member(tx, enter(tx, visitor)), said=said, full=True)
    told = _is_as_seen(tx, person_id, made_at) and _decide(tx, visitor, person_id, TestimonialState.SHOWN, headlines)
    if told and people.get(tx, person_id).is_member:
        owe(tx, MemberAddress(person_id), TestimonialShown(), key=f"{person_id}:{tx.now}")
    return view_offered(tx, visitor=visitor)


def decline(tx: Tx, *, visitor: Profile, person_id: PersonId, made_at: int) -> OfferedView:
    """Leave it untold; nobody hears of that.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    if _is_as_seen(tx, person_id, made_at):
        _decide(tx, visitor, person_id, TestimonialState.DECLINED, {})
    return view_offered(tx, visitor=visitor)


def _take_back(tx: Tx, person_id: PersonId) -> None:
    said = testimonials.find(tx, person_id)
    if said is not None and said.state is TestimonialState.SHOWN:
        shops.note_changed(tx)  # first, as whoever shows one does
    testimonials.delete_of(tx, person_id)


def _decide(
    tx: Tx, visitor: Profile, person_id: PersonId, state: TestimonialState, headlines: Mapping[str, str]
) -> bool:
    if not testimonials.set_state(tx, person_id, state, expected=TestimonialState.OFFERED, headlines=headlines):
        return False
    audit.add(tx, actor_id=enter(tx, visitor).id, act=Act.TESTIMONIAL, subject="", person_id=person_id, after=state)
    return True


def _is_as_seen(tx: Tx, person_id: PersonId, made_at: int) -> bool:
    """Whether somebody says still what was looked at."""
    said = testimonials.find(tx, person_id)
    return said is not None and said.made_at == made_at
