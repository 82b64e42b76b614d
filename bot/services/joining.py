"""Somebody opens the bot, perhaps by a member's link."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.core.campaign import Campaign
from bot.core.codes import parse_payload
from bot.core.guessing import Guesses, compute_guesses, decide_throttled
from bot.core.joining import RULE, Attribution, Grant, Opening, compute_grants, decide_attribution
from bot.services.members import MemberView, meet, view_member
from storage.records import NoticeKind, Person, PersonId, Profile, Referral, ReferralState, Side, Transfer
from storage.tables import guesses, ledgers, outbox, people, referrals, rewards, scores
from storage.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What came of it. A newcomer's greeting is owed as a notice; everybody else is answered at once."""

    attribution: Attribution
    member: MemberView
    greeted_by_notice: bool
    """Whether the answer already lies in the outbox."""


def start(tx: Tx, *, visitor: Profile, payload: str, campaign: Campaign, announce: bool) -> Arrival:
    """Make a member of a newcomer and credit the inviter: member, referral, rewards and notices, all or nothing."""
    person = meet(tx, visitor)
    newcomer = people.set_started(tx, person.id)
    carried = parse_payload(payload)
    tried = guesses.find(tx, visitor.telegram_id) if payload and not newcomer else None
    throttled = decide_throttled(Guesses(*tried) if tried else None, tx.now)
    inviter = None if throttled or carried is None else _find_inviter(tx, carried.code)
    own = carried is not None and carried.code == person.code
    attribution = decide_attribution(
        Opening(
            visitor_id=person.id,
            newcomer=newcomer,
            code=bool(payload),
            inviter_id=person.id if own else inviter.id if inviter else None,
            throttled=throttled,
        )
    )
    if attribution is Attribution.CREDITED and inviter is not None and carried is not None:
        _credit(tx, inviter, person, source=carried.source, campaign=campaign, announce=announce)
    elif newcomer:
        attribution = _welcome(tx, person, attribution)
    elif attribution is Attribution.UNKNOWN_CODE:
        _note_miss(tx, visitor.telegram_id, tried)
    member = view_member(tx, replace(person, started_at=tx.now))
    return Arrival(attribution=attribution, member=member, greeted_by_notice=newcomer)


def _find_inviter(tx: Tx, code: str) -> Person | None:
    owner = people.find_by_code(tx, code)
    return owner if owner is not None and owner.is_member else None


def _welcome(tx: Tx, person: Person, attribution: Attribution) -> Attribution:
    unknown = attribution is Attribution.UNKNOWN_CODE
    outbox.add(
        tx,
        recipient_id=person.id,
        kind=NoticeKind.WELCOME,
        payload={"unknown_code": int(unknown)},
        key=f"welcome:{person.id}",
    )
    return attribution if unknown else Attribution.UNINVITED


def _note_miss(tx: Tx, telegram_id: int, tried: tuple[int, int] | None) -> None:
    counted = compute_guesses(Guesses(*tried) if tried else None, tx.now)
    guesses.set(tx, telegram_id, counted.window_at, counted.misses)


def _credit(tx: Tx, inviter: Person, invitee: Person, *, source: str, campaign: Campaign, announce: bool) -> None:
    referral = referrals.add(
        tx,
        inviter_id=inviter.id,
        invitee_id=invitee.id,
        campaign=campaign.slug,
        source=source,
        state=ReferralState.QUALIFIED,
    )
    if referral is None:
        return
    grants = compute_grants(
        inviter_id=inviter.id,
        invitee_id=invitee.id,
        inviter_points=campaign.inviter_points,
        invitee_points=campaign.invitee_points,
    )
    for grant in grants:
        _reward(tx, referral, grant)
    scores.raise_score(tx, inviter.id)
    _tell_everybody(tx, referral, {grant.side: grant.points for grant in grants}, announce=announce)


def _reward(tx: Tx, referral: Referral, grant: Grant) -> None:
    ledger_id = ledgers.post(
        tx,
        Transfer(
            debit=ledgers.HOUSE_ACCOUNT,
            credit=ledgers.open_account(tx, grant.person_id),
            amount=grant.points,
            key=f"referral:{referral.id}:{grant.side}:{RULE}",
            reason=grant.reason,
            referral_id=referral.id,
        ),
    )
    rewards.add(
        tx,
        referral_id=referral.id,
        side=grant.side,
        rule=RULE,
        person_id=grant.person_id,
        points=grant.points,
        ledger_id=ledger_id,
    )


def _tell_everybody(tx: Tx, referral: Referral, points: dict[Side, int], *, announce: bool) -> None:
    facts = {"friend": int(referral.invitee_id), "inviter": int(referral.inviter_id)}
    owed: list[tuple[PersonId | None, NoticeKind, int]] = [
        (referral.invitee_id, NoticeKind.WELCOME_INVITED, points[Side.INVITEE]),
        (referral.inviter_id, NoticeKind.FRIEND_JOINED, points[Side.INVITER]),
    ]
    if announce:
        owed.append((None, NoticeKind.JOIN_ANNOUNCED, 0))
    for recipient_id, kind, earned in owed:
        outbox.add(
            tx,
            recipient_id=recipient_id,
            kind=kind,
            payload={**facts, "points": earned},
            key=f"{kind}:{referral.id}",
        )
