"""Somebody opens the bot, perhaps by a member's link."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core.claiming import Window
from bot.core.codes import parse_payload
from bot.core.joining import Attribution, Opening, decide_attribution
from bot.services.campaigns import get_terms
from bot.services.claiming.window import CLAIM, expect_claim, is_throttled, note_miss, open_window, view_home
from bot.services.joining.crediting import credit, greet
from bot.services.joining.notices import Welcome
from bot.services.members import MemberView, meet, view_member
from bot.services.notices import owe
from bot.services.roles import find_role
from storage.addresses import MemberAddress
from storage.records import Person, Profile, Referral, ReferralState
from storage.role import Role
from storage.tables import conversations, people, referrals
from storage.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What came of it. A newcomer's greeting is owed as a notice; everybody else is answered at once."""

    attribution: Attribution
    member: MemberView
    greeted_by_notice: bool
    """Whether the answer already lies in the outbox."""
    role: Role


def start(tx: Tx, *, visitor: Profile, payload: str, from_inline: bool = False) -> Arrival:
    """Make a member of a newcomer and credit the inviter: member, referral, rewards and notices, all or nothing.

    A member who can still say who recommended the shop says it by opening a link. Somebody whom inline mode has sent is
    shown the way back to the chat they came from.
    """
    person = meet(tx, visitor)
    newcomer = people.set_started(tx, person.id)
    person = replace(person, started_at=person.started_at or tx.now)
    carried = parse_payload(payload)
    owner = people.find_by_code(tx, carried.code) if carried is not None else None
    inviter = owner if owner is not None and owner.is_member else None
    own = carried is not None and carried.code == person.code
    attribution = decide_attribution(
        Opening(
            visitor_id=person.id,
            newcomer=newcomer,
            window=open_window(tx, person, get_terms(tx)) if inviter and not newcomer else Window.OPEN,
            code=bool(payload),
            inviter_id=person.id if own else inviter.id if inviter else None,
            throttled=bool(payload) and inviter is None and not newcomer and is_throttled(tx, visitor.telegram_id),
        )
    )
    referral = None
    if attribution is Attribution.CREDITED and inviter is not None and carried is not None:
        referral = credit(tx, inviter, person, source=carried.source, fresh=newcomer)
    if newcomer and referral is None:
        attribution = _welcome(tx, person, attribution, from_inline=from_inline)
    elif attribution is Attribution.CREDITED and not newcomer:
        attribution = _end_claim(tx, person, referral)
    elif attribution is Attribution.UNKNOWN_CODE:
        note_miss(tx, visitor.telegram_id)
    returning = attribution is Attribution.RETURNING
    return Arrival(
        attribution=attribution,
        member=view_home(tx, person) if returning else view_member(tx, person),
        greeted_by_notice=newcomer or attribution is Attribution.CREDITED,
        role=find_role(tx, telegram_id=visitor.telegram_id),
    )


def _end_claim(tx: Tx, person: Person, referral: Referral | None) -> Attribution:
    """What a member is answered whose link came late: who came by them cannot have brought them."""
    if referral is None:
        return Attribution.ALREADY_MEMBER
    conversations.leave(tx, person.id, CLAIM)
    return Attribution.CREDITED


def _welcome(tx: Tx, person: Person, attribution: Attribution, *, from_inline: bool) -> Attribution:
    """Greet a newcomer who is not credited now: perhaps was before, having come to the community chat first."""
    referral = referrals.find_by_invitee(tx, person.id)
    if referral is not None and referral.state is not ReferralState.REVOKED:
        greet(tx, referral)
        return Attribution.CREDITED
    unknown = attribution is Attribution.UNKNOWN_CODE
    welcome = Welcome(unknown_code=unknown, from_inline=from_inline, asks=True)
    owe(tx, MemberAddress(person.id), welcome, key=person.id)
    people.note_asked(tx, person.id)
    expect_claim(tx, person, get_terms(tx))
    return attribution if unknown else Attribution.UNINVITED
