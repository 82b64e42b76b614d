"""What a campaign gives, offers for points and honours, set up in the chat: walked through, refused, changed, let hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.content import compose_content, parse_content
from bot.services.audit import list_acts
from bot.services.campaigns import get_terms
from storage import Store
from storage.facts import GrantKind
from storage.tables import campaigns
from tests.handlers.shared_shop import store
from tests.handlers.shared_shop import terse_shop as shop
from tests.handlers.test_campaigns_panel import open_campaigns
from tests.journeys.shop_at_work import ShopAtWork
from tests.journeys.test_campaign_from_phone import Phone

__all__ = ["shop", "store"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def walk(phone: Phone, *acts: str) -> str:
    """Tap, or type what begins with an @; returns what stands there in the end."""
    for act in acts:
        await (phone.type(act[1:]) if act.startswith("@") else phone.tap(act))
    return phone.screen.text


async def open_parts(shop: ShopAtWork, label: str) -> Phone:
    """The owner's phone with a list of the shop's campaign."""
    return await open_campaigns(shop, "★ welcome: running", label)


async def find_draft(store: Store) -> Campaign:
    """What the shop's campaign will say."""
    (row,) = [row for row in await store.read(campaigns.list_all) if row.slug == "welcome"]
    return parse_content(row.draft) if row.draft else (await store.read(get_terms)).campaign


async def test_a_reward_is_set_up_step_by_step_and_holds_at_once(shop: ShopAtWork, store: Store) -> None:
    """What was typed wrong is asked for again with the reason; the sentence is the last look, and the audit says what changed."""
    phone = await open_parts(shop, "Rewards")
    assert "gives nothing yet" in phone.screen.text
    assert "from 1 to 1,000,000" in await walk(phone, "+ Add a reward", "A member reaches a number", "@1.5")
    await walk(phone, "@\u0667", "The member", "Something handed out")
    assert "2 characters too many" in await phone.type("x" * 50)
    assert "Bahasa Indonesia" in await phone.type("a free coffee")
    said = await walk(phone, "@kopi gratis", "Skip", "Once per member")
    sentence = "When a member has brought 7 friends, they get a free coffee (once per member)."
    assert sentence in said
    assert f"1. {sentence}" in await phone.tap("✓ Keep it")
    assert f"Rewards\n\u2013\n→ {sentence}" in await phone.tap("What changes")
    await phone.tap("Let the changes hold")
    (rule,) = (await store.read(get_terms)).campaign.rewards
    assert (rule.key, rule.number, rule.limit.per_member) == ("milestone-7-inviter-by-hand", 7, 1)
    assert rule.name == {"en": "a free coffee", "id": "kopi gratis", "zh": "a free coffee"}
    act = (await store.read(list_acts, most=1))[0]
    assert (act.actor, act.subject, "rewards.milestone-7-inviter-by-hand" in act.after) == ("Sari", "welcome", True)


async def test_each_thing_of_a_reward_is_changed_from_the_last_look(shop: ShopAtWork, store: Store) -> None:
    """Its key stays, since what members have had goes by it; seldom things are asked for by name."""
    phone = await open_parts(shop, "Rewards")
    assert "7 friends" in await phone.tap("✎ 1")
    assert "brought 3 friends" in await walk(phone, "When", "A member reaches a number", "3")
    assert "for the first 20" in await walk(phone, "How often", "For the first ones", "20")
    assert "from 1 Dec 2027 on" in await walk(phone, "More", "From a day on", "@1.12.2027")
    assert "ends before it begins" in await walk(phone, "More", "Until a day", "@2027-11-30")
    assert "until 31 Dec 2027" in await phone.type("2027-12-31")
    assert "for readers of English" in await walk(phone, "More", "Which language they read", "English")
    assert "by way of qr" in await walk(phone, "More", "By which way", "A QR code")
    assert "waits at the counter for 30 days" in await walk(phone, "More", "How long it waits", "30")
    assert "to be used 7 days later" in await walk(phone, "More", "It rests first", "7")
    await walk(phone, "More", "From a day on", "It doesn\u2019t matter")
    await phone.tap("✓ Keep it")
    (rule,) = (await find_draft(store)).rewards
    assert (rule.key, rule.number, rule.valid_days, rule.hold_days) == ("milestone-7-inviter-by-hand", 3, 30, 7)
    assert (rule.limit.per_member, rule.limit.first) == (1, 20)
    assert (rule.condition.since, rule.condition.until, rule.condition.source) == ("", "2027-12-31", ("qr",))
    assert "✓ Removed: When a member" in await phone.tap("✕ 1")
    assert (await find_draft(store)).rewards == ()


KINDS: Sequence[tuple[Sequence[str], str]] = (
    (("A friend joins", "The friend", "A coupon, one each", "@Free Coffee", "No limit"), "a coupon (free-coffee)"),
    (("A friend stays", "3", "The friend", "A code", "@WELCOME10", "No limit"), "a code for the shop"),
    (("A friend buys", "Any amount", "Whoever", "Percent as points", "5", "Once a week"), "5 percent of it as points"),
    (("A friend is here", "7", "The friend", "A Telegram gift", "🎁 25 ⭐", "No limit"), "a Telegram gift"),
    (("A member gives cards", "5", "Points", "25", "So many in all", "1,000"), "25 points (1,000 points in all)"),
    (("A friend joins", "Whoever", "A privilege", "@the window", "Skip", "Skip", "No limit"), "gets the window."),
    (("A member reaches", "5", "The member", "A label", "@Early Bird", "No limit"), "the label “early-bird”."),
)


async def test_every_kind_can_be_given(shop: ShopAtWork, store: Store) -> None:
    """Coupons that are not there yet are told; a gift is chosen from those that Telegram lets bots send."""
    phone = await open_parts(shop, "Rewards")
    for acts, said in KINDS:
        assert said in await walk(phone, "+ Add a reward", *acts)
        await phone.tap("✓ Keep it")
    kinds = [str(rule.give.kind) for rule in (await find_draft(store)).rewards]
    assert kinds == ["coupon", "code", "percent", "gift", "points", "privilege", "label"]
    await walk(phone, "✎ 1", "✓ Keep it")
    assert len((await find_draft(store)).rewards) == len(KINDS)


async def test_the_way_back_and_out_keeps_nothing(shop: ShopAtWork, store: Store) -> None:
    """Back asks the question before; cancel shows the list it was about."""
    before = await find_draft(store)
    phone = await open_parts(shop, "Rewards")
    assert "How many friends" in await walk(phone, "+ Add a reward", "A member reaches", "3", "Back")
    assert "When shall it be given" in await phone.tap("Back")
    assert "What welcome gives" in await phone.tap("Cancel")
    assert await find_draft(store) == before


async def test_points_are_changed_there_with_a_hint(shop: ShopAtWork, store: Store) -> None:
    """That people recommend more gladly where the friend gets at least as much, as long as that is not so."""
    phone = await open_parts(shop, "Rewards")
    assert "recommend more gladly" in phone.screen.text
    said = await walk(phone, "Friend: 25", "@\u0665\u0660")
    assert "the friend gets 50 points" in said
    assert "recommend more gladly" not in said
    assert (await find_draft(store)).invitee_points == 50


async def test_windows_and_what_points_are_worth_are_said_in_the_chat(shop: ShopAtWork, store: Store) -> None:
    """In sentences, each changed by itself; a limit of money needs points that are worth some."""
    phone = await open_parts(shop, "Rewards")
    said = await phone.tap("Until when")
    assert "For 7 days after they began here" in said
    assert "Limit" not in str(phone.screen.keyboard)
    assert "up to 365" in await walk(phone, "Saying who it was", "@366")
    assert "For 30 days after they began" in await phone.tap("30")
    assert "has 90 days to get there" in await walk(phone, "Coming to count", "90")
    assert "with its currency" in await walk(phone, "What a point is worth", "@0.05")
    assert "worth 0.05 EUR" in await phone.type("EUR 0.05")
    assert "like 5,000" in await walk(phone, "Limit", "@5 USD")
    assert "at most 5,000.00 EUR" in await phone.type("5,000")
    await phone.tap("✓ Keep it")
    draft = await find_draft(store)
    assert (draft.rules.claim_days, draft.rules.credit_days) == (30, 90)
    assert (draft.worth_amount, draft.worth_currency, draft.liability_limit) == (5, "EUR", 500_000)
    assert "claim_days\n7\n→ 30" in await phone.tap("What changes")
    await phone.tap("Back")
    await walk(phone, "Rewards", "Until when", "What a point is worth", "Not said", "✓ Keep it")
    assert (await find_draft(store)).liability_limit == 0


async def test_the_catalogue_is_set_up_in_the_chat(shop: ShopAtWork, store: Store) -> None:
    """Names language by language, the reader's first; how many are left is told."""
    phone = await open_parts(shop, "For points")
    await walk(phone, "+ Add something", "@Crème brûlée", "Skip", "@焦糖布丁", "Something handed out", "@4O")
    assert "whole number" in phone.screen.text
    said = await walk(phone, "50", "@10")
    assert "Crème brûlée: 50 points · 10 of 10 left" in said
    assert "at most 2 per member" in await walk(phone, "Per member", "2")
    await phone.tap("✓ Keep it")
    item = (await find_draft(store)).catalogue[-1]
    assert (item.key, item.price, item.stock, item.per_member) == ("creme-brulee", 50, 10, 2)
    assert item.name == {"en": "Crème brûlée", "id": "Crème brûlée", "zh": "焦糖布丁"}
    said = await walk(phone, "✎ 3", "What", "A coupon, one each", "@coffee")
    assert "it is: a coupon (coffee)" in said
    assert "Send the picture" in await walk(phone, "Picture", "@no picture")
    assert "with a picture" in await phone.send_picture("olive")
    await phone.tap("✓ Keep it")
    item = (await find_draft(store)).catalogue[-1]
    assert (item.pool, len(item.picture)) == ("coffee", 64)


async def test_levels_are_set_up_in_the_chat(shop: ShopAtWork, store: Store) -> None:
    """Two never take the same number of friends; sign, colour, what it brings and a period are asked for by name."""
    phone = await open_parts(shop, "Levels")
    await walk(phone, "+ Add a level", "@Regular", "Skip", "Skip", "5", "⭐", "✓ Keep it")
    assert "takes 5 friends already" in await walk(phone, "+ Add a level", "@老朋友", "Skip", "Skip", "@5")
    assert "one emoji" in await walk(phone, "@10", "@two words")
    await phone.type("👩‍🍳")
    await walk(phone, "Colour", "🟩")
    await walk(phone, "What it brings", "@Fresh coffee first", "Skip", "Skip")
    said = await walk(phone, "Period", "365")
    assert "👩‍🍳 老朋友: from 10 friends on · friends of the last 365 days · card in #2e8b57 · it brings: Fresh" in said
    await phone.tap("✓ Keep it")
    tiers = (await find_draft(store)).tiers
    assert [(tier.key, tier.friends, tier.badge, tier.colour) for tier in tiers] == [
        ("regular", 5, "⭐", ""),
        ("tier", 10, "👩‍🍳", "#2e8b57"),
    ]


async def test_contests_are_set_up_in_the_chat(shop: ShopAtWork, store: Store) -> None:
    """Days, who wins, and a line for each place; what cannot be is asked for again, and the last look is what holds."""
    phone = await open_parts(shop, "Contests")
    await walk(phone, "+ Add a contest", "@Winter race", "Skip", "Skip")
    assert "as a day" in await phone.type("soon")
    assert "before" in await walk(phone, "@2036-12-24", "@2036-12-01")
    said = await walk(phone, "@2036-12-31 18:00", "The lot, a ticket for each friend")
    assert "One line for each place" in said
    assert "no prize I know" in await phone.type("gift of mine")
    said = await phone.type("A dinner for two\ncoupon coffee\n500")
    line = "Winter race: 2036-12-24 to 2036-12-31 18:00 · won by lot"
    assert line in said
    await walk(phone, "Prizes", "@A dinner for two\n50")
    said = await phone.tap("✓ Keep it")
    assert line in said
    contest = (await find_draft(store)).contests[-1]
    assert [(each.place, each.give.kind, each.give.what or each.give.amount) for each in contest.prizes] == [
        (1, GrantKind.BY_HAND, "A dinner for two"),
        (2, GrantKind.POINTS, 50),
    ]
    number = len((await find_draft(store)).contests)
    assert f"{number}. {line}" not in await walk(phone, f"✕ {number}")


async def test_what_another_has_done_meanwhile_is_seen_when_it_is_kept(shop: ShopAtWork, store: Store) -> None:
    """A number of friends that is taken by then is told, and nothing is kept; what was taken out is there again."""
    phone = await open_parts(shop, "Levels")
    await walk(phone, "+ Add a level", "@Late", "Skip", "Skip", "@77", "None")
    row = await store.read(campaigns.find_by_slug, "welcome")
    assert row is not None
    draft = await find_draft(store)
    taken = replace(draft, tiers=(replace(draft.tiers[0], friends=77), *draft.tiers[1:]))
    await store.write(campaigns.set_draft, row.id, compose_content(taken))
    assert "takes 77 friends already" in await phone.tap("✓ Keep it")
    assert (await find_draft(store)).tiers == taken.tiers
    await phone.tap("✎ 2")
    await store.write(campaigns.set_draft, row.id, compose_content(replace(taken, tiers=taken.tiers[:1])))
    await phone.tap("✓ Keep it")
    assert (await find_draft(store)).tiers == taken.tiers


async def test_there_is_room_for_twenty(shop: ShopAtWork, store: Store) -> None:
    """The next is refused with the number; the list goes on over pages."""
    draft = await find_draft(store)
    rule = next(rule for rule in draft.rewards if rule.when == "joined")
    rules = tuple(replace(rule, key=f"rule-{number}") for number in range(1, 21))
    row = await store.read(campaigns.find_by_slug, "welcome")
    assert row is not None
    await store.write(campaigns.set_draft, row.id, compose_content(replace(draft, rewards=rules)))
    phone = await open_parts(shop, "Rewards")
    assert "There is room for 20" in await phone.tap("+ Add a reward")
    assert "9. " in await phone.tap("\u25b6")
    assert "12. " in await walk(phone, "✕ 16", "✕ 15")
    assert "When shall it be given" in await phone.tap("+ Add a reward")


async def test_what_is_gone_leads_to_what_is_there(shop: ShopAtWork) -> None:
    """An old button of a rule, a kind or a campaign that is not there shows the list, or says so."""
    phone = await open_parts(shop, "Levels")
    screen = phone.screen
    for data, shown in (
        ("pt_edit:1:reward:long-gone", "What welcome gives"),
        ("pt_drop:1:tier:long-gone", "what members become"),
        ("pt_list:1:else:0", "What welcome gives"),
        ("pt_list:1:reward:99", "What welcome gives"),
        ("pt_add:999999:item", "not there any more"),
    ):
        shop.world.forge_tap(shop.admin, screen, data)
        await shop.until_edited(screen, shown)
