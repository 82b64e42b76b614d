"""The one way in which somebody is credited for a friend: referral, rewards, score and notices, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.core.community import decide_lapsed
from bot.core.fairness.signals import FEW
from bot.core.links import Attribution, Opening, Window, decide_attribution, read_placement
from bot.services.campaigns import Terms, find_promise, get_terms, read_terms
from bot.services.claiming.window import CLAIM, expect_claim, is_throttled, note_miss, open_window, view_home
from bot.services.community.warning import tell_owed
from bot.services.fairness.holding import hold, look_at_join, tell_held
from bot.services.fairness.rings import closes_ring
from bot.services.honours.honours import review
from bot.services.joining.notices import (
    FriendJoined,
    FriendWaiting,
    Qualified,
    RevokeReason,
    Welcome,
    WelcomeInvited,
    WelcomeWaiting,
    announce,
)
from bot.services.joining.revoking import revoke
from bot.services.members import MemberView, begin, find_owner, meet, view_member
from bot.services.notices import Notice, owe, owe_card_behind, owe_step_behind
from bot.services.printing import note_placement
from bot.services.pulse.asking import expect_pulse
from bot.services.reminding.offers import rests
from bot.services.rewards.awaiting import expect
from bot.services.rewards.giving import tell
from bot.services.rewards.granting import (
    count_friend,
    find_story,
    note_event,
    note_score,
    promise_points,
    sum_points,
)
from bot.services.waiting.waiting import advance, join_queue
from bot.services.webhooks.publishing import publish_referral
from storage.addresses import MemberAddress
from storage.facts import EventKind, GrantId
from storage.frozen import frozen
from storage.pulse import PulseCause
from storage.records import Person, Profile, Referral, ReferralId, ReferralState, Side
from storage.role import Role
from storage.tables import (
    chat_joins,
    code_keys,
    conversations,
    events,
    grants,
    ledgers,
    people,
    referrals,
    reviews,
    roles,
    shops,
    told_stories,
)
from storage.tables.shops import ShopRow
from storage.tx import Tx
from storage.webhook import HookEventKind


def credit(
    tx: Tx,
    inviter: Person,
    invitee: Person,
    *,
    source: str,
    campaign: int | None = None,
    story: str = "",
    fresh: bool = False,
    tell_invitee: bool = True,
    inviter_notice: Callable[[Referral], Notice] | None = None,
) -> Referral | None:
    """Credit an inviter for a friend, once and for ever; None where the friend has a referral already.

    None as well where the inviter is the friend, or came by the friend in however many steps, and where the friend had
    themselves forgotten within a year.

    The terms that hold now are the referral's for ever. It qualifies at once, unless they ask for the community chat
    and the friend is not there yet: then `qualify` is to be called later. An invitee who has not started the bot cannot
    be written to; `greet` makes up for it.

    Args:
        tx: The transaction.
        inviter: A member.
        invitee: Anybody Telegram has shown us.
        source: By which way the friend came.
        campaign: The number of the campaign that the link was made for; None for the main one.
        story: What the link says of its story; empty where it says nothing.
        fresh: The friend starts the bot in this very transaction, and so cannot have brought anybody.
        tell_invitee: False where the friend is answered directly.
        inviter_notice: What tells the inviter, if not that a friend joined or came.
    """
    rings = invitee.is_member and not fresh and closes_ring(tx, inviter, invitee)
    if inviter.id == invitee.id or rings or code_keys.was_forgotten(tx, invitee.profile.telegram_id):
        return None
    shop = shops.get(tx)
    promise = find_promise(tx, shop, campaign)
    terms = promise.terms
    chat_id = find_community(tx, shop, invitee) if terms.campaign.rules.join_community else None
    watched = terms.campaign.fairness.watch and (inviter.watched or inviter.score >= FEW)
    doubt = look_at_join(tx, terms, inviter, invitee) if watched else None
    waits = doubt is not None or (terms.campaign.rules.join_community and chat_id is None)
    named = find_story(terms, story) if story else ""
    referral = referrals.add(
        tx,
        inviter_id=inviter.id,
        invitee_id=invitee.id,
        version_id=terms.version_id,
        source=source,
        state=ReferralState.WAITING if waits else ReferralState.QUALIFIED,
        story=named,
    )
    if referral is None:
        return None
    if chat_id is not None:
        keep_chat(tx, chat_id, invitee.profile.telegram_id, referral)
    if named:
        told_stories.add(tx, referral.id, named)
    events.add(tx, EventKind.JOINED, referral)
    if shop.hook_kinds:
        publish_referral(tx, HookEventKind.JOINED, referral)
    counted = None if waits else _count(tx, shop, referral, terms)
    if doubt is not None:
        referral = hold(tx, referral, doubt, tell_invitee=tell_invitee)
    else:
        points = promise_points(tx, referral, terms)
        if tell_invitee and invitee.is_member:
            owe_greeting(tx, referral, points[1], over=promise.over)
        told = inviter_notice(referral) if inviter_notice else compose_news(referral, points[0], counted)
        owe(tx, MemberAddress(inviter.id), told, key=referral.id)
    if counted is not None:
        _proclaim(tx, shop, referral, counted)
    if fresh and terms.campaign.waitlist is not None:
        join_queue(tx, invitee.id, terms)
    return referral


def qualify(tx: Tx, referral_id: ReferralId) -> Referral | None:
    """Reward both sides of a referral that was waiting, as its own terms say; None where it does not wait (any more).

    One that is looked at goes on waiting. One that has waited longer than its terms allow ends here, if it has not yet.
    """
    waiting = referrals.get(tx, referral_id)
    if waiting.state is not ReferralState.WAITING or reviews.is_open(tx, referral_id):
        return None
    terms = get_terms(tx, waiting.campaign_version_id)
    if decide_lapsed(now=tx.now, joined_at=waiting.joined_at, credit_days=terms.campaign.rules.credit_days):
        revoke(tx, referral_id, reason=RevokeReason.LATE, only_waiting=True)
        return None
    if not referrals.set_state(tx, referral_id, ReferralState.QUALIFIED, expected=ReferralState.WAITING):
        return None
    referral = replace(waiting, state=ReferralState.QUALIFIED)
    shop = shops.get(tx)
    counted = _count(tx, shop, referral, terms)
    tell_both(tx, referral, terms, key=f"{referral.id}", counted=counted)
    _proclaim(tx, shop, referral, counted)
    return referral


def tell_both(tx: Tx, referral: Referral, terms: Terms, *, key: str, counted: Counted) -> None:
    """That a friend counts now."""
    points = promise_points(tx, referral, terms)
    if people.get(tx, referral.invitee_id).is_member:
        qualified = Qualified(inviter=referral.inviter_id, points=points[1])
        owe(tx, MemberAddress(referral.invitee_id), qualified, key=key)
    owe(tx, MemberAddress(referral.inviter_id), compose_news(referral, points[0], counted), key=key)


def greet(tx: Tx, referral: Referral) -> None:
    """Owe an invitee the first message, once: who invited them and what it brings, or what is missing for that.

    The referral stands: it was not revoked.
    """
    earned = sum_points(grants.list_by_referral(tx, referral.id), Side.INVITEE)
    points = earned or promise_points(tx, referral, get_terms(tx, referral.campaign_version_id))[1]
    if not tell_held(tx, referral):
        owe_greeting(tx, referral, points)


def keep_chat(tx: Tx, chat_id: int, telegram_id: int, referral: Referral) -> None:
    """Remember what counts by being in the community chat, so that leaving it can take it back."""
    chat_joins.set_referral(tx, chat_id, telegram_id, person_id=referral.invitee_id, referral_id=referral.id)


def find_community(tx: Tx, shop: ShopRow, invitee: Person) -> int | None:
    """The community chat, if the friend is there, as far as the bot has seen."""
    if shop.community_id is None:
        return None
    seen = chat_joins.find(tx, shop.community_id, invitee.profile.telegram_id)
    return shop.community_id if seen is not None and seen.left_at is None else None


@frozen(kw_only=False)
class Counted:
    """What a friend who counts has made: the inviter's score, and what the owner's rules gave for it."""

    score: int
    given: list[GrantId]
    place: int = 0
    """Where the inviter stands in line now; 0 for nowhere."""
    reached: bool = False
    """Whether so many friends gave the inviter something."""


def _count(tx: Tx, shop: ShopRow, referral: Referral, terms: Terms) -> Counted:
    """Of the owner's rules nothing is asked where there are none."""
    if shop.hook_kinds:
        publish_referral(tx, HookEventKind.QUALIFIED, referral)
    given = note_event(tx, EventKind.QUALIFIED, referral, terms, shop=shop) or []
    score = count_friend(tx, shop, referral)
    steps: list[GrantId] = []
    if terms.campaign.rewards:
        expect(tx, referral, terms)
        steps = note_score(tx, referral, terms, score)
    return Counted(
        score=score,
        given=[*given, *steps],
        place=advance(tx, referral, terms) if terms.campaign.waitlist is not None else 0,
        reached=any(grants.get(tx, number).threshold is not None for number in steps),
    )


def _proclaim(tx: Tx, shop: ShopRow, referral: Referral, counted: Counted) -> None:
    """What was given for the friend, what the inviter has become by it, and the news for the announce chat."""
    if counted.given:
        tell(tx, counted.given)
    tiers = read_terms(tx, shop).campaign.tiers
    risen = bool(tiers) and review(tx, referral.inviter_id, counted.score, tiers)
    if counted.reached and not risen and not rests(tx, referral.inviter_id):  # else what they have become is told
        owe_step_behind(tx, referral.inviter_id, counted.score)
    announce(tx, shop, referral, step=counted.score if counted.reached or risen else 0)


def owe_greeting(tx: Tx, referral: Referral, points: int, *, over: bool = False) -> None:
    """Who invited a friend, and what it brings, or will."""
    kind = WelcomeWaiting if referral.state is ReferralState.WAITING else WelcomeInvited
    greeting = kind(inviter=referral.inviter_id, points=points, over=over)
    owe(tx, MemberAddress(referral.invitee_id), greeting, key=referral.id)


def compose_news(referral: Referral, points: int, counted: Counted | None) -> Notice:
    """That a friend counts, or that something is missing for it."""
    if counted is None:
        return FriendWaiting(friend=referral.invitee_id, points=points)
    return FriendJoined(friend=referral.invitee_id, points=points, place=counted.place)


@frozen
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
    newcomer = begin(tx, person)
    role = roles.find(tx, visitor.telegram_id)
    person = replace(person, started_at=person.started_at or tx.now)
    placement = read_placement(payload)
    payload = "" if placement else payload
    owner, carried = find_owner(tx, payload)
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
        referral = credit(
            tx, inviter, person, source=carried.source, campaign=carried.campaign, story=carried.story, fresh=newcomer
        )
        person = replace(person, balance=ledgers.get_balance(tx, person.id))  # with what this may have brought
    if newcomer and placement:
        note_placement(tx, placement)
    if newcomer and referral is None:
        attribution = _welcome(tx, person, attribution, from_inline=from_inline, role=role)
    elif attribution is Attribution.CREDITED and not newcomer:
        attribution = _end_claim(tx, person, referral)
    elif attribution is Attribution.UNKNOWN_CODE:
        note_miss(tx, visitor.telegram_id)
    if newcomer:
        owe_card_behind(tx, person.id)
        if get_terms(tx).campaign.pulse is not None:
            expect_pulse(tx, person.id, PulseCause.JOINED)
    if role is Role.OWNER:
        tell_owed(tx, person)
    return Arrival(
        attribution=attribution,
        member=view_home(tx, person) if attribution is Attribution.RETURNING else view_member(tx, person),
        greeted_by_notice=newcomer or attribution is Attribution.CREDITED,
        role=role,
    )


def _end_claim(tx: Tx, person: Person, referral: Referral | None) -> Attribution:
    """What a member is answered whose link came late: who came by them cannot have brought them."""
    if referral is None:
        return Attribution.ALREADY_MEMBER
    conversations.leave(tx, person.id, CLAIM)
    return Attribution.CREDITED


def _welcome(tx: Tx, person: Person, attribution: Attribution, *, from_inline: bool, role: Role) -> Attribution:
    """Greet a newcomer who is not credited now: perhaps was before, having come to the community chat first."""
    referral = referrals.find_by_invitee(tx, person.id)
    if referral is not None and referral.state is not ReferralState.REVOKED:
        greet(tx, referral)
        if (terms := get_terms(tx, referral.campaign_version_id)).campaign.waitlist is not None:
            join_queue(tx, person.id, terms)
        return Attribution.CREDITED
    unknown = attribution is Attribution.UNKNOWN_CODE
    welcome = Welcome(unknown_code=unknown, from_inline=from_inline, asks=True, role=role)
    owe(tx, MemberAddress(person.id), welcome, key=person.id)
    people.note_asked(tx, person.id)
    terms = get_terms(tx)
    expect_claim(tx, person, terms)
    if terms.campaign.waitlist is not None:
        join_queue(tx, person.id, terms)
    return attribution if unknown else Attribution.UNINVITED
