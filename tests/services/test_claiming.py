from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import count

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.claiming import CHOICES, Offer, Outcome, compose_offer
from bot.core.links import Addresses, Window, compose_link, compute_story_mark
from bot.core.throttling import MISSES_ALLOWED, WINDOW_SECONDS
from bot.services.campaigns.opening import Source, take_campaign
from bot.services.claiming.disowning import Disowning, DisownView, disown
from bot.services.claiming.naming import ClaimView, name_inviter, pick_inviter, pick_placed
from bot.services.claiming.window import CLAIM, ask_claim, name_nobody, open_menu
from bot.services.conversations import move
from bot.services.guide import set_findable
from bot.services.joining.joining import start
from bot.services.spoken import choose_own, load_words, open_spoken
from storage import Store, Tx
from storage.checks import list_faults
from storage.records import NoticeId, OutboxRow, PersonId, Profile, ReferralId, ReferralState
from storage.tables import (
    campaigns,
    chat_joins,
    chat_links,
    conversations,
    ledgers,
    outbox,
    people,
    referrals,
    told_stories,
)
from tests.owed import find_member
from tests.services.asking import find_flow
from tests.services.conftest import CHAT
from tests.storage.clock import Clock
from tests.thinning import BOTH_ENGINES

_IDS = count(10_001)
DAY = 86_400
SHOP = Addresses("shop_bot")


def someone(first_name: str = "Budi", last_name: str = "", username: str = "") -> Profile:
    """Somebody whom the bot does not know yet."""
    number = next(_IDS)
    return Profile(
        telegram_id=number, first_name=first_name, last_name=last_name, username=username, telegram_language="en"
    )


async def join(store: Store, profile: Profile, payload: str = "") -> Profile:
    """Start the bot."""
    await store.write(start, visitor=profile, payload=payload)
    return profile


async def add_member(store: Store, first_name: str = "Anna", last_name: str = "", username: str = "") -> Profile:
    """Somebody who has started the bot."""
    return await join(store, someone(first_name, last_name, username))


async def say(store: Store, visitor: Profile, text: str) -> ClaimView:
    """Name an inviter."""
    return await store.write(name_inviter, visitor=visitor, text=text, addresses=SHOP)


async def pick(store: Store, visitor: Profile, chosen: Profile) -> ClaimView:
    """Choose one of those offered."""
    return await store.write(pick_inviter, visitor=visitor, person_id=await find_id(store, chosen))


async def pick_old(store: Store, visitor: Profile, number: int, place: int) -> ClaimView:
    """Tap a button of an earlier version."""
    return await store.write(pick_placed, visitor=visitor, number=number, place=place)


async def refuse(store: Store, visitor: Profile, referral_id: int) -> DisownView:
    """It wasn't me."""
    return await store.write(disown, visitor=visitor, referral_id=ReferralId(referral_id))


async def find_id(store: Store, profile: Profile) -> PersonId:
    """The person behind a profile."""
    person = await store.read(people.find_by_telegram_id, profile.telegram_id)
    assert person is not None
    return person.id


async def find_inviter(store: Store, profile: Profile) -> int | None:
    """The Telegram id of who is credited for somebody; None for nobody."""
    referral = await store.read(referrals.find_by_invitee, await find_id(store, profile))
    if referral is None:
        return None
    return (await store.read(people.get, referral.inviter_id)).profile.telegram_id


async def list_told(store: Store, profile: Profile) -> list[OutboxRow]:
    """What somebody was told."""
    person_id = await find_id(store, profile)
    return [
        each
        for each in await store.read(outbox.list_owed, after=NoticeId(0), limit=1000)
        if find_member(each) == person_id
    ]


async def test_a_newcomer_without_a_code_is_asked_once(store: Store) -> None:
    """With the welcome, and what is typed next is taken for the answer; the next /start asks no more."""
    budi = await add_member(store, "Budi")
    (welcome,) = await list_told(store, budi)
    assert (welcome.kind, welcome.payload["asks"]) == ("welcome", 1)
    person = await store.read(people.get, await find_id(store, budi))
    assert person.asked_at is not None
    assert await find_flow(store, person.id) == CLAIM
    await join(store, budi)
    assert len(await list_told(store, budi)) == 1


async def test_a_newcomer_with_a_code_is_not_asked(store: Store) -> None:
    """Who was invited needs not say by whom."""
    anna = await add_member(store)
    code = (await store.read(people.get, await find_id(store, anna))).code
    budi = await join(store, someone(), code)
    assert await find_flow(store, await find_id(store, budi)) is None
    assert (await say(store, budi, "Anna")).outcome is Outcome.HAS_INVITER


@pytest.mark.parametrize(
    "typed", ["Anna", "anna kusuma", "ÁNNA", "@anna_k", "anna_k", "https://t.me/anna_k", "Anna  Kusuma "]
)
async def test_a_name_credits_at_once(store: Store, campaign: Campaign, typed: str) -> None:
    """First name, full name, username, link of the profile: both sides are rewarded, the inviter may say no."""
    anna = await add_member(store, "Anna", "Kusuma", "Anna_K")
    await add_member(store, "Mei")
    budi = await add_member(store, "Budi")
    view = await say(store, budi, typed)
    assert (view.outcome, view.inviter, view.points, view.waits) == (
        Outcome.CREDITED,
        "Anna K.",
        campaign.invitee_points,
        False,
    )
    assert view.member.balance == campaign.invitee_points
    assert await find_inviter(store, budi) == anna.telegram_id
    assert await store.read(ledgers.get_balance, await find_id(store, anna)) == campaign.inviter_points
    told = (await list_told(store, anna))[-1]
    assert (told.kind, told.payload["points"]) == ("friend_claimed", campaign.inviter_points)
    assert len(await list_told(store, budi)) == 1, "answered directly"
    assert await find_flow(store, await find_id(store, budi)) is None
    assert await list_faults(store) == []


async def test_a_link_that_is_told_keeps_its_campaign_and_its_story(store: Store, campaign: Campaign) -> None:
    """Each side is promised its own points of that campaign; a name says nothing of either."""
    anna = await add_member(store, "Anna", "Kusuma")
    summer = replace(campaign, slug="summer", inviter_points=70, invitee_points=30)
    await store.write(take_campaign, Source(campaign=summer), main=False)
    row = await store.read(campaigns.find_by_slug, "summer")
    assert row is not None
    assert row.version_id is not None
    story = campaign.stories[1].key
    code = (await store.read(people.get, await find_id(store, anna))).code
    link = compose_link("shop_bot", code, "qr", row.id, compute_story_mark(story))
    for typed, points, told_of in ((link, (70, 30), story), ("Anna", None, "")):
        friend = await add_member(store, "Budi")
        view = await say(store, friend, typed)
        inviters, friends = points or (campaign.inviter_points, campaign.invitee_points)
        assert view == ClaimView(
            member=view.member, outcome=Outcome.CREDITED, inviter="Anna K.", points=friends, waits=False
        )
        referral = await store.read(referrals.find_by_invitee, await find_id(store, friend))
        assert referral is not None
        assert (referral.source, await store.read(told_stories.find, referral.id)) == ("name", told_of)
        assert (referral.campaign_version_id == row.version_id) is bool(points)
        told = (await list_told(store, anna))[-1]
        claimed = {"friend": referral.invitee_id, "referral": referral.id, "points": inviters, "waits": False}
        assert (told.kind, told.payload) == ("friend_claimed", claimed)


async def test_a_username_is_nobody_elses_name(store: Store) -> None:
    """However many older members have it for a first name, an @ before it means the one account."""
    for _ in range(CHOICES + 3):
        await add_member(store, "Kadek")
    meant = await add_member(store, "Putu", username="Kadek")
    guest = await join(store, someone())
    assert (await say(store, guest, "@kadek")).outcome is Outcome.CREDITED
    assert await find_inviter(store, guest) == meant.telegram_id


async def test_a_username_that_moved_on_credits_its_new_owner(store: Store) -> None:
    """Whoever was seen with it last has it; the former owner is no longer found by it."""
    anna = await add_member(store, "Anna", "Kusuma", "best_cook")
    mei = await add_member(store, "Mei", "Lin", "Best_Cook")
    budi = await add_member(store, "Budi")
    assert (await say(store, budi, "@best_cook")).inviter == "Mei L."
    assert await find_inviter(store, budi) == mei.telegram_id != anna.telegram_id


async def test_a_spoken_code_and_a_link_credit_whoever_hides(store: Store) -> None:
    """Not to be found by name is not to be nobody's inviter."""
    anna = await add_member(store)
    await store.write(set_findable, visitor=anna, findable=False)
    spoken = (await store.write(open_spoken, visitor=anna)).code
    person = await store.read(people.get, await find_id(store, anna))
    budi, mei, first = [await add_member(store, name) for name in ("Budi", "Mei", "Tono")]
    assert (await say(store, first, "Anna")).outcome is Outcome.NOBODY
    assert (await say(store, budi, spoken.replace("-", " ").upper())).outcome is Outcome.CREDITED
    link = f"https://t.me/shop_bot?start={person.code}-fwd"
    assert (await say(store, mei, link)).outcome is Outcome.CREDITED
    assert {await find_inviter(store, each) for each in (budi, mei)} == {anna.telegram_id}


async def test_several_are_offered_and_only_they_can_be_chosen(store: Store) -> None:
    """At most five, first name and initial; whoever was not offered to this one is chosen by no tap."""
    cast = [await add_member(store, "Wayan", last) for last in ("Abe", "Bram", "Cok", "Dika", "Eka", "Ferri")]
    budi, mei = [await add_member(store, name) for name in ("Budi", "Mei")]
    view = await say(store, budi, "wayan")
    assert view.outcome is Outcome.SEVERAL
    assert view.offered == {await find_id(store, each): f"Wayan {each.last_name[0]}." for each in cast[:CHOICES]}
    assert view.more
    for visitor, chosen in ((budi, cast[5]), (mei, cast[0]), (budi, mei), (budi, budi)):
        assert (await pick(store, visitor, chosen)).outcome is Outcome.STALE
    await say(store, budi, "wayan")
    assert (await pick(store, budi, cast[2])).outcome is Outcome.CREDITED
    assert await find_inviter(store, budi) == cast[2].telegram_id
    assert (await pick(store, budi, cast[3])).outcome is Outcome.HAS_INVITER
    assert await find_inviter(store, mei) is None


async def test_an_older_offer_is_no_longer_good(store: Store, clock: Clock) -> None:
    """Only the last search counts."""
    wayan = [await add_member(store, "Wayan", last) for last in ("Abe", "Bram")]
    for last in ("Abe", "Bram"):
        await add_member(store, "Ketut", last)
    budi = await add_member(store, "Budi")
    await say(store, budi, "Wayan")
    clock.advance(1)
    await say(store, budi, "Ketut")
    assert (await pick(store, budi, wayan[0])).outcome is Outcome.STALE
    assert await find_inviter(store, budi) is None


async def test_a_button_of_an_earlier_version_chooses_whom_it_meant(store: Store) -> None:
    """Its place counts in its own search alone."""
    cast = [await add_member(store, "Wayan", last) for last in ("Abe", "Bram", "Cok")]
    budi = await add_member(store, "Budi")
    offer = Offer(number=77, ids=tuple([await find_id(store, each) for each in cast]))

    def make_old_offer(tx: Tx) -> None:
        end = tx.now + 10**9
        conversations.open(tx, offered_to, CLAIM, "name", {"offer": compose_offer(offer)}, expires_at=end)

    offered_to = await find_id(store, budi)
    for number, place in ((76, 0), (77, 3)):
        await store.write(make_old_offer)
        assert (await pick_old(store, budi, number, place)).outcome is Outcome.STALE
    await store.write(make_old_offer)
    assert (await pick_old(store, budi, 77, 1)).outcome is Outcome.CREDITED
    assert await find_inviter(store, budi) == cast[1].telegram_id


async def test_guessing_is_throttled(store: Store, clock: Clock) -> None:
    """Names that lead nowhere are counted with unknown codes; after an hour one may try again."""
    anna = await add_member(store)
    budi = await add_member(store, "Budi")
    for attempt in range(MISSES_ALLOWED):
        assert (await say(store, budi, f"Nobody{attempt}")).outcome is Outcome.NOBODY
    assert (await say(store, budi, "Anna")).outcome is Outcome.THROTTLED
    clock.advance(WINDOW_SECONDS)
    assert (await say(store, budi, "Anna")).outcome is Outcome.CREDITED
    assert await find_inviter(store, budi) == anna.telegram_id


@pytest.mark.parametrize("way", ["spoken", "link", "code", "own words"])
async def test_a_real_code_is_never_refused_for_guesses(store: Store, way: str) -> None:
    """Names wait after too many that lead nowhere; a member's code, said or pasted, leads to its owner all the same."""
    anna = await add_member(store)
    budi = await add_member(store, "Budi")
    code = (await store.read(people.get, await find_id(store, anna))).code
    said = {
        "spoken": (await store.write(open_spoken, visitor=anna)).code.replace("-", " ").upper(),
        "link": f"look: https://t.me/shop_bot?start={code}-fwd",
        "code": code,
        "own words": "annas cups",
    }[way]
    chosen = (
        await store.write(choose_own, visitor=anna, text="annas cups", shop_names=[]) if way == "own words" else None
    )
    assert chosen is None or chosen.refused is None
    for attempt in range(MISSES_ALLOWED):
        await say(store, budi, f"Nobody{attempt}")
    assert (await say(store, budi, "Anna")).outcome is Outcome.THROTTLED
    assert (await say(store, budi, "AAAAAAAAAA")).outcome is Outcome.THROTTLED
    assert (await say(store, budi, said)).outcome is Outcome.CREDITED
    assert await find_inviter(store, budi) == anna.telegram_id


async def test_looking_at_lists_is_guessing_too(store: Store) -> None:
    """Nobody reads the list of members name by name; but who was offered can still be chosen."""
    cast = [await add_member(store, "Wayan", last) for last in ("Abe", "Bram")]
    budi = await add_member(store, "Budi")
    for _ in range(MISSES_ALLOWED):
        await say(store, budi, "Wayan")
    assert (await say(store, budi, "Wayan")).outcome is Outcome.THROTTLED
    assert (await pick(store, budi, cast[1])).outcome is Outcome.CREDITED


async def test_nobody_names_themselves(store: Store) -> None:
    """Neither by name nor by code; of several of that name oneself is not offered."""
    budi = await add_member(store, "Budi")
    spoken = (await store.write(open_spoken, visitor=budi)).code
    assert (await say(store, budi, "Budi")).outcome is Outcome.ONESELF
    assert (await say(store, budi, spoken)).outcome is Outcome.ONESELF
    other = await add_member(store, "Budi")
    assert (await say(store, budi, "Budi")).outcome is Outcome.CREDITED
    assert await find_inviter(store, budi) == other.telegram_id


async def test_no_circle_of_inviters_closes(store: Store) -> None:
    """Whoever came by me, directly or by others, cannot have brought me."""
    anna, budi, mei = [await add_member(store, name) for name in ("Anna", "Budi", "Mei")]
    await say(store, budi, "Anna")
    await say(store, mei, "Budi")
    for guest in ("Budi", "Mei"):
        view = await say(store, anna, guest)
        assert (view.outcome, view.inviter) == (Outcome.OWN_GUEST, guest)
    assert await find_inviter(store, anna) is None


@BOTH_ENGINES
async def test_two_who_name_each_other_at_once_make_no_circle(store: Store) -> None:
    """One of them is first."""
    for number in range(5):
        pair = [await add_member(store, f"{side}{number}") for side in ("Left", "Right")]
        views = await asyncio.gather(say(store, pair[0], f"Right{number}"), say(store, pair[1], f"Left{number}"))
        assert sorted(view.outcome.name for view in views) == ["CREDITED", "OWN_GUEST"]


@BOTH_ENGINES
async def test_a_double_tap_credits_once(store: Store, campaign: Campaign) -> None:
    """However many say it at the same moment."""
    anna, budi = [await add_member(store, name) for name in ("Anna", "Budi")]
    views = await asyncio.gather(*(say(store, budi, "Anna") for _ in range(6)))
    assert sorted({view.outcome for view in views}, key=lambda each: each.name) == [
        Outcome.CREDITED,
        Outcome.HAS_INVITER,
    ]
    assert await store.read(ledgers.get_balance, await find_id(store, anna)) == campaign.inviter_points
    assert await list_faults(store) == []


async def test_the_window_closes(store: Store, campaign: Campaign, clock: Clock) -> None:
    """After the campaign's days neither the button nor a name does anything, and nothing is expected."""
    await add_member(store)
    budi = await add_member(store, "Budi")
    clock.advance(campaign.rules.claim_days * DAY - 1)
    assert (await store.write(open_menu, visitor=budi)).can_claim
    clock.advance(1)
    assert not (await store.write(open_menu, visitor=budi)).can_claim
    assert (await store.write(ask_claim, visitor=budi))[1] is Window.CLOSED
    assert (await say(store, budi, "Anna")).outcome is Outcome.CLOSED
    assert await find_flow(store, await find_id(store, budi)) is None


async def test_who_said_nobody_may_think_again(store: Store) -> None:
    """The question is dropped, the button in the menu stays."""
    anna, budi = [await add_member(store, name) for name in ("Anna", "Budi")]
    await store.write(name_nobody, visitor=budi)
    assert await find_flow(store, await find_id(store, budi)) is None
    assert (await store.write(open_menu, visitor=budi)).can_claim
    assert (await store.write(ask_claim, visitor=budi))[1] is Window.OPEN
    await say(store, budi, "Anna")
    assert not (await store.write(open_menu, visitor=budi)).can_claim
    assert await find_inviter(store, budi) == anna.telegram_id


async def test_it_was_not_me(store: Store, campaign: Campaign) -> None:
    """The one who was named takes it back; the friend is told kindly; nobody else can, and not twice."""
    anna, budi, mei = [await add_member(store, name) for name in ("Anna", "Budi", "Mei")]
    await say(store, budi, "Anna")
    referral = await store.read(referrals.find_by_invitee, await find_id(store, budi))
    assert referral is not None
    for stranger in (mei, budi):
        assert (await refuse(store, stranger, referral.id)).disowning is Disowning.SETTLED
    view = await refuse(store, anna, referral.id)
    assert (view.disowning, view.friend, view.points, view.member.balance, view.member.score) == (
        Disowning.REVOKED,
        "Budi",
        campaign.inviter_points,
        0,
        0,
    )
    assert [each.kind for each in await list_told(store, budi)] == ["welcome", "gift_revoked"]
    assert "friend_revoked" not in {each.kind for each in await list_told(store, anna)}
    assert (await refuse(store, anna, referral.id)).disowning is Disowning.SETTLED
    assert (await say(store, budi, "Mei")).outcome is Outcome.HAS_INVITER
    assert await list_faults(store) == []


async def test_not_me_has_its_time_and_its_kind(store: Store, campaign: Campaign, clock: Clock) -> None:
    """A friend by link cannot be refused, an invented referral neither, and after the window it stays."""
    anna, budi = [await add_member(store, name) for name in ("Anna", "Budi")]
    code = (await store.read(people.get, await find_id(store, anna))).code
    linked = await join(store, someone("Tono"), code)
    by_link = await store.read(referrals.find_by_invitee, await find_id(store, linked))
    assert by_link is not None
    for referral_id in (by_link.id, 999_999):
        assert (await refuse(store, anna, referral_id)).disowning is Disowning.SETTLED
    await say(store, budi, "Anna")
    claimed = await store.read(referrals.find_by_invitee, await find_id(store, budi))
    assert claimed is not None
    clock.advance(campaign.rules.claim_days * DAY)
    assert (await refuse(store, anna, claimed.id)).disowning is Disowning.KEPT
    kept = await store.read(referrals.get, claimed.id)
    assert kept.state is ReferralState.QUALIFIED


async def test_where_the_community_is_asked_for_a_named_inviter_waits_too(store: Store, strict: Campaign) -> None:
    """The same rule as for links: who is in the chat already counts at once."""
    anna, budi, mei = [await add_member(store, name) for name in ("Anna", "Budi", "Mei")]
    await store.write(chat_joins.note_join, CHAT, mei.telegram_id)
    views = [await store.write(name_inviter, visitor=each, text="Anna", addresses=SHOP) for each in (budi, mei)]
    assert [(view.outcome, view.waits) for view in views] == [(Outcome.CREDITED, True), (Outcome.CREDITED, False)]
    assert [each.payload["waits"] for each in await list_told(store, anna) if each.kind == "friend_claimed"] == [1, 0]
    referral = await store.read(referrals.find_by_invitee, await find_id(store, budi))
    assert referral is not None
    view = await refuse(store, anna, referral.id)
    assert (view.disowning, view.points) == (Disowning.REVOKED, 0)


@pytest.mark.parametrize("typed", ["", "\u200b", "\x00", "' OR 1=1 --", "%", "_", "@", "a" * 4096, "\U0001f600" * 100])
async def test_hostile_names_find_nobody(store: Store, typed: str) -> None:
    """No pattern, no injection, no break."""
    await add_member(store)
    budi = await add_member(store, "Budi")
    assert (await say(store, budi, typed)).outcome is Outcome.NOBODY


async def test_an_own_link_into_the_community_names_its_member(store: Store) -> None:
    """It was handed out as well; a link of nobody's into whatever chat names nobody, and is said back."""
    anna = await add_member(store)
    await store.write(chat_links.add, await find_id(store, anna), CHAT, "https://t.me/+AbCdEfGh12_-")
    guest = await join(store, someone())
    strange = await say(store, guest, "https://t.me/+AbCdEfGh13_-")
    assert (strange.outcome, strange.typed) == (Outcome.NOBODY, "https://t.me/+AbCdEfGh13_-")
    assert (await say(store, guest, "come in: t.me/+AbCdEfGh12_- !")).outcome is Outcome.CREDITED
    assert await find_inviter(store, guest) == anna.telegram_id


async def test_somebody_without_a_username_can_be_picked(store: Store) -> None:
    """By a mention or a contact, both of which say who is meant; not who hides, nor who is no member."""
    anna, shy = await add_member(store), await add_member(store, "Shy")
    await store.write(set_findable, visitor=shy, findable=False)
    guest = await join(store, someone())
    for nobody in (shy.telegram_id, 999_999):
        told = await say(store, guest, f"her\ntg://user?id={nobody}")
        assert told.outcome is Outcome.NOBODY
    assert (await say(store, guest, f"her\ntg://user?id={anna.telegram_id}")).outcome is Outcome.CREDITED
    assert await find_inviter(store, guest) == anna.telegram_id


async def test_as_many_as_can_be_shown_are_all_there_are(store: Store) -> None:
    """Nobody is asked to say more where everybody is on the list; who has no last name goes by the username."""
    for last in ("Abe", "Bram", "Cok", "Dika"):
        await add_member(store, "Wayan", last)
    await add_member(store, "Wayan", username="wayan_e")
    view = await say(store, await add_member(store, "Budi"), "wayan")
    assert (len(view.offered), view.more) == (CHOICES, False)


async def test_what_leads_to_nobody_is_said_back(store: Store) -> None:
    """As it was typed; and whether it is made like a spoken code, so that the answer can say to look at it again."""
    budi = await add_member(store, "Budi")
    name, handle = await say(store, budi, "Nobody Here"), await say(store, budi, "@nobody_here")
    assert (name.outcome, name.typed, name.like_code) == (Outcome.NOBODY, "Nobody Here", False)
    assert (handle.typed, handle.like_code) == ("nobody_here", False)
    words = load_words("en").words
    assert (await say(store, budi, f"{words[0]} {words[1]} 29")).like_code


async def test_an_old_offer_ends_no_other_dialogue(store: Store) -> None:
    """Its button leaves what is being asked now; with nothing asked, the name is waited for anew."""
    budi = await add_member(store, "Budi")
    person_id = await find_id(store, budi)
    await store.write(move, visitor=budi, flow="words", step="line", data={}, wait_seconds=60)
    assert (await pick_old(store, budi, 5, 0)).outcome is Outcome.STALE
    assert await find_flow(store, person_id) == "words"
    await store.write(conversations.leave, person_id, "words")
    assert (await pick_old(store, budi, 5, 0)).outcome is Outcome.STALE
    asked = await store.read(conversations.find, person_id)
    assert asked is not None
    assert (asked.flow, asked.step) == (CLAIM, "name")
