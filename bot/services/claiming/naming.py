"""A newcomer without a link says who recommended the shop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import partial

from bot.core.claiming import (
    CHOICES,
    Claim,
    Offer,
    Outcome,
    compose_label,
    compose_offer,
    decide_found,
    find_offered,
    parse_claim,
    parse_offer,
)
from bot.core.links import Addresses, Payload, Window
from bot.services.campaigns import Terms, get_terms
from bot.services.claiming.notices import FriendClaimed
from bot.services.claiming.window import CLAIM, expect_claim, is_throttled, note_miss, open_window
from bot.services.fairness.holding import find_checked
from bot.services.fairness.rings import closes_ring
from bot.services.joining.joining import credit
from bot.services.members import MemberView, enter, find_by_link, view_member
from bot.services.rewards.granting import promise_points
from bot.services.spoken import find_by_said, sounds_spoken
from storage.frozen import frozen
from storage.records import Person, PersonId, Profile, Referral, ReferralState
from storage.tables import chat_links, conversations, directory, people
from storage.tx import Tx

SOURCE = "name"
"""By which way a friend came who named the inviter."""


@frozen
class ClaimView:
    """What came of naming somebody."""

    member: MemberView
    outcome: Outcome
    typed: str = ""
    """What was typed, where nobody was found by it."""
    like_code: bool = False
    """What was typed is made like a spoken code."""
    inviter: str = ""
    """CREDITED, OWN_GUEST: who it is."""
    points: int = 0
    waits: bool = False
    """CREDITED: the points come once the friend is in the community chat."""
    checked_until: int = 0
    """CREDITED: until when somebody looks before the points come; 0 where nobody does."""
    offered: Mapping[PersonId, str] = field(default_factory=dict)
    """SEVERAL: first names and initials, at most `CHOICES`."""
    more: bool = False
    """SEVERAL: there are more than were offered."""


def name_inviter(tx: Tx, *, visitor: Profile, text: str, addresses: Addresses) -> ClaimView:
    """Look for the one who was named: credited if there is one, offered if there are several."""
    person, terms = enter(tx, visitor), get_terms(tx)
    barred = _find_bar(tx, person, terms)
    if barred is not None:
        return ClaimView(member=view_member(tx, person), outcome=barred)
    claim, throttled = parse_claim(text, addresses), is_throttled(tx, person.profile.telegram_id)
    found = _search_codes(tx, claim) if throttled else search(tx, claim)
    if throttled and not found:
        return ClaimView(member=view_member(tx, person), outcome=Outcome.THROTTLED)
    others = [each for each in found if each.id != person.id]
    outcome = decide_found([each.id for each in others]) if others or not found else Outcome.ONESELF
    if outcome is Outcome.CREDITED:
        linked = find_by_link(tx, claim.payload.code) if claim.payload is not None else None
        carried = claim.payload if linked is not None and linked.id == others[0].id else None
        return _credit(tx, person, others[0], terms, carried)
    note_miss(tx, person.profile.telegram_id)
    if outcome is Outcome.SEVERAL:
        return _offer(tx, person, others, terms)
    expect_claim(tx, person, terms)
    typed = claim.words or claim.username or claim.invite
    member = view_member(tx, person)
    return ClaimView(member=member, outcome=outcome, typed=typed, like_code=sounds_spoken(typed))


def pick_inviter(tx: Tx, *, visitor: Profile, person_id: PersonId) -> ClaimView:
    """Credit one of those who are offered at this moment, and nobody else."""
    return _pick(tx, visitor, lambda offer: person_id if offer is not None and person_id in offer.ids else None)


def pick_placed(tx: Tx, *, visitor: Profile, number: int, place: int) -> ClaimView:
    """The same, by a button of an earlier version: it says which search it belongs to, and a place in its list."""
    return _pick(tx, visitor, lambda offer: find_offered(offer, number, place))


def _pick(tx: Tx, visitor: Profile, choose: Callable[[Offer | None], PersonId | None]) -> ClaimView:
    person, terms = enter(tx, visitor), get_terms(tx)
    barred = _find_bar(tx, person, terms)
    if barred is not None:
        return ClaimView(member=view_member(tx, person), outcome=barred)
    asked = conversations.find(tx, person.id)
    offer = parse_offer(asked.data.get("offer", "")) if asked is not None and asked.flow == CLAIM else None
    chosen = choose(offer)
    inviter = people.list_by_ids(tx, [chosen]).get(chosen) if chosen is not None else None
    if inviter is None or not inviter.is_member:
        if asked is None or asked.flow == CLAIM:  # an old button ends no other dialogue
            expect_claim(tx, person, terms)
        return ClaimView(member=view_member(tx, person), outcome=Outcome.STALE)
    return _credit(tx, person, inviter, terms)


def _find_bar(tx: Tx, person: Person, terms: Terms) -> Outcome | None:
    """Why nothing is even looked up; what is over is not expected any more."""
    window = open_window(tx, person, terms)
    if window is not Window.OPEN:
        conversations.leave(tx, person.id, CLAIM)
        return Outcome.HAS_INVITER if window is Window.HAS_INVITER else Outcome.CLOSED
    return None


def _search_codes(tx: Tx, claim: Claim) -> list[Person]:
    """Who is meant by a link or a code: however often somebody has guessed in vain, it leads to its owner."""
    by_code = find_by_link(tx, claim.payload.code) if claim.payload is not None else None
    return _keep_members([by_code or _find_by_invite(tx, claim)]) or _keep_members([find_by_said(tx, claim.words)])


def search(tx: Tx, claim: Claim) -> list[Person]:
    """Members who may be meant: by link, by username, by spoken code and by name."""
    if claim.payload is not None:
        owners = _keep_members([find_by_link(tx, claim.payload.code)])
        if owners or not claim.words:
            return owners
    if claim.invite:
        return _keep_members([_find_by_invite(tx, claim)])
    if claim.username:
        return _keep_members([directory.find_by_username(tx, claim.username)])
    if claim.telegram_id:
        picked = people.find_by_telegram_id(tx, claim.telegram_id)
        return _keep_members([picked]) if picked is not None and picked.findable else []
    said = _keep_members([find_by_said(tx, claim.words)])
    named = directory.list_by_name(tx, claim.words, limit=CHOICES + 2)
    return said + [each for each in named if each.id not in {other.id for other in said}]


def _find_by_invite(tx: Tx, claim: Claim) -> Person | None:
    """Whose own link into the community chat it is."""
    owner = chat_links.find_owner(tx, claim.invite) if claim.invite else None
    return people.list_by_ids(tx, [owner]).get(owner) if owner is not None else None


def _keep_members(found: list[Person | None]) -> list[Person]:
    return [each for each in found if each is not None and each.is_member]


def _offer(tx: Tx, person: Person, found: list[Person], terms: Terms) -> ClaimView:
    shown = found[:CHOICES]
    offer = Offer(number=tx.now, ids=tuple(each.id for each in shown))
    expect_claim(tx, person, terms, compose_offer(offer))
    profiles = {each.id: each.profile for each in shown}
    return ClaimView(
        member=view_member(tx, person),
        outcome=Outcome.SEVERAL,
        offered={
            person_id: compose_label(each.first_name, each.last_name, each.username)
            for person_id, each in profiles.items()
        },
        more=len(found) > CHOICES,
    )


def _credit(tx: Tx, person: Person, inviter: Person, terms: Terms, carried: Payload | None = None) -> ClaimView:
    """Credit the one who is meant, for the campaign of their link, unless they came by the newcomer themselves."""
    if closes_ring(tx, inviter, person):
        expect_claim(tx, person, terms)
        return ClaimView(member=view_member(tx, person), outcome=Outcome.OWN_GUEST, inviter=_show(inviter))
    tell = partial(_tell_inviter, tx)
    referral = credit(
        tx,
        inviter,
        person,
        source=SOURCE,
        campaign=carried.campaign if carried else None,
        story=carried.story if carried else "",
        tell_invitee=False,
        inviter_notice=tell,
    )
    conversations.leave(tx, person.id, CLAIM)
    member = view_member(tx, people.get(tx, person.id))
    if referral is None:
        return ClaimView(member=member, outcome=Outcome.HAS_INVITER)
    return ClaimView(
        member=member,
        outcome=Outcome.CREDITED,
        inviter=_show(inviter),
        points=_promise(tx, referral)[1],
        waits=referral.state is ReferralState.WAITING,
        checked_until=find_checked(tx, referral),
    )


def _tell_inviter(tx: Tx, referral: Referral) -> FriendClaimed:
    return FriendClaimed(
        friend=referral.invitee_id,
        referral=referral.id,
        points=_promise(tx, referral)[0],
        waits=referral.state is ReferralState.WAITING,
    )


def _promise(tx: Tx, referral: Referral) -> tuple[int, int]:
    return promise_points(tx, referral, get_terms(tx, referral.campaign_version_id))


def _show(person: Person) -> str:
    profile = person.profile
    return compose_label(profile.first_name, profile.last_name, profile.username)
