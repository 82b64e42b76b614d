"""The panel: what is refused and why, what changes before it holds, and what happens at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.campaigns.content import parse_content
from bot.services.audit import list_acts
from bot.services.campaigns import get_terms
from storage import Store
from storage.campaign import CampaignState
from storage.tables import campaigns
from tests.handlers.shared_shop import store
from tests.handlers.shared_shop import terse_shop as shop
from tests.journeys.shop_at_work import ShopAtWork
from tests.journeys.test_campaign_from_phone import Phone

__all__ = ["shop", "store"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENGLISH_ALONE = ("Languages", "✓ Bahasa Indonesia", "✓ 简体中文", "Back")
ONE_STORY = ("2. ", "✕ Remove this story")
"""Before a campaign begins, every card of it is drawn, in each of its languages."""


async def open_campaigns(shop: ShopAtWork, *labels: str) -> Phone:
    """The owner's phone with the list of campaigns, and what is tapped there."""
    phone = Phone(shop, await shop.ask(shop.admin, "/admin", "like to look at"))
    for label in ("Campaigns", *labels):
        await phone.tap(label)
    return phone


async def test_a_running_campaign_changes_only_when_somebody_says_so(shop: ShopAtWork, store: Store) -> None:
    """Until then everybody gets what holds; the difference is shown first, and one tap drops it."""
    phone = await open_campaigns(shop, "★ welcome: running", "Inviter: 50")
    assert "changes that don" in await phone.type("70")
    assert (await store.read(get_terms)).campaign.inviter_points == 50
    said = await phone.tap("What changes")
    assert "inviter_points\n50\n→ 70" in said
    assert "keeps what they were promised" in said
    await phone.tap("Drop the changes")
    assert "Inviter gets: 50 points" in phone.screen.text
    await phone.tap("Inviter: 50")
    await phone.type("70")
    await phone.tap("What changes")
    await phone.tap("Let the changes hold")
    assert (await store.read(get_terms)).campaign.inviter_points == 70
    act = (await store.read(list_acts, most=1))[0]
    assert (act.act, act.actor, act.subject) == ("campaign_written", "Sari", "welcome")


async def test_how_posts_and_messages_go_out_is_changed_like_everything_else(shop: ShopAtWork, store: Store) -> None:
    """Looked at, changed one by one, kept in the draft; the difference is shown, and one tap lets it hold."""
    phone = await open_campaigns(shop, "★ welcome: running", "Posts and messages", "Announcing friends", "Once a day")
    assert "announced in one post, at 18:00" in phone.screen.text
    await phone.tap("Quiet hours")
    assert "write two hours, like 21-9" in await phone.type("at night")
    assert "between 21:00 and 9:00" in await phone.tap("21:00 to 9:00")
    await phone.tap("Messages a week")
    assert "at most 50" in (await phone.type("51")) or "50" in phone.screen.text
    assert "2 messages to many a week" in await phone.type("2")
    await phone.tap("✓ Keep it")
    said = await phone.tap("What changes")
    assert "announce.digest\neach\n→ day" in said
    assert "news.quiet\n\u2013\n→ 21-9" in said
    assert "news.per_week\n\u2013\n→ 2" in said
    await phone.tap("Let the changes hold")
    holds = (await store.read(get_terms)).campaign
    assert (holds.announce.digest, holds.news.quiet, holds.news.per_week) == ("day", "21-9", 2)
    await phone.tap("Posts and messages")
    for label, tapped in (
        ("Quiet hours", "No quiet hours"),
        ("Messages a week", "No limit"),
        ("Announcing friends", "Each at once"),
    ):
        await phone.tap(label)
        await phone.tap(tapped)
    await phone.tap("✓ Keep it")
    await phone.tap("What changes")
    await phone.tap("Let the changes hold")
    holds = (await store.read(get_terms)).campaign
    assert (holds.announce.digest, holds.news.quiet, holds.news.per_week) == ("each", "", 0)


async def test_the_main_campaign_offers_no_end(shop: ShopAtWork) -> None:
    """It always runs; how it can rest or end all the same is said."""
    phone = await open_campaigns(shop, "★ welcome: running")
    shown = str(phone.screen.keyboard)
    assert all(label not in shown for label in ("Pause", "'End'", "End at a time"))
    assert "To let it rest or end, make another one the main one first." in phone.screen.text


async def test_a_text_is_taken_whole_or_not_at_all(shop: ShopAtWork) -> None:
    """Too long is told by how much, nothing is cut, and the question stays; formatting is told to be left out."""
    phone = await open_campaigns(shop, "+ New campaign", "Salon", "1. We tell you when not to cut", "Headline")
    assert "That is 12 characters too many." in await phone.type("x" * 72)
    assert "Only {inviter_points}" in await phone.type("Get {bonus}")
    assert "Now: We tell you when not to cut" in phone.screen.text
    await phone.type("x" * 60)
    assert "Bahasa Indonesia" in phone.screen.text
    await phone.tap("Skip")
    await phone.tap("Skip")
    assert "x" * 60 in phone.screen.text
    await phone.tap("What the friend gets")
    sent = shop.world.send_formatted(shop.admin, phone.screen.chat, "<b>Bold</b> gains")
    note = await shop.telegram.until_reply(sent, "kept the plain words")
    await shop.telegram.until_message(shop.admin, "Bahasa Indonesia", after=note)


async def test_a_picture_that_cannot_be_is_refused_in_words(shop: ShopAtWork) -> None:
    """What to do is said, and the question stays."""
    phone = await open_campaigns(shop, "+ New campaign", "Service", "Photo")
    sent = shop.world.send_document(shop.admin, phone.screen.chat, b"GIF89a nothing", "broken.gif")
    said = await shop.telegram.until_reply(sent)
    assert "Send the picture" in said.text
    phone.screen = said
    assert "Send the picture" in await phone.type("no picture")
    assert "Photo: yes" in await phone.send_picture("olive")


async def test_what_is_missing_is_said_before_a_start(shop: ShopAtWork, store: Store) -> None:
    """A campaign from scratch lists its gaps by story, field and language, and does not begin."""
    phone = await open_campaigns(shop, "+ New campaign", "From scratch")
    assert "• story 1, Headline, English" in phone.screen.text
    assert "cannot begin" in await phone.tap("Start now")
    row = await store.read(campaigns.find_by_slug, "campaign")
    assert row is not None
    assert row.state is CampaignState.DRAFT


async def test_a_campaign_begins_at_a_time_in_the_shops_zone(shop: ShopAtWork, store: Store) -> None:
    """What is no moment to come is asked for again."""
    phone = await open_campaigns(shop, "+ New campaign", "Online shop", *ENGLISH_ALONE, *ONE_STORY, "Begin at a time")
    assert "a moment to come" in await phone.type("yesterday")
    assert "a moment to come" in await phone.type("2020-01-01 09:00")
    tomorrow = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=1)
    await phone.type(f"{tomorrow:%Y-%m-%d %H:%M}")
    row = await store.read(campaigns.find_by_slug, "online")
    assert row is not None
    assert row.starts_at == int(tomorrow.timestamp()) * 1_000_000
    assert row.state is CampaignState.RUNNING
    assert "online: begins" in phone.screen.text
    empty = await open_campaigns(shop, "+ New campaign", "From scratch", "Begin at a time")
    assert "cannot begin" in await empty.type(f"{tomorrow:%Y-%m-%d %H:%M}")


async def test_a_copy_is_a_draft_of_its_own(shop: ShopAtWork) -> None:
    """Its name is numbered, and what it was copied from stays."""
    phone = await open_campaigns(shop, "★ welcome: running", "Copy")
    assert "welcome-2: a draft" in phone.screen.text


async def test_a_story_can_be_removed(shop: ShopAtWork) -> None:
    """The campaign goes on with the others; the last one stays."""
    phone = await open_campaigns(shop, "+ New campaign", "Studio or gym", "1. Ten minutes are enough to begin")
    await phone.tap("✕ Remove this story")
    assert "1. Bring the friend" in str(phone.screen.keyboard)
    assert "Ten minutes" not in str(phone.screen.keyboard)


async def test_what_the_look_cannot_show_is_told_before_it_holds(shop: ShopAtWork) -> None:
    """A text within the limit of a campaign may still be too long for a card: told by how much, where it is typed."""
    phone = await open_campaigns(shop, "+ New campaign", "Salon", "2. Before the day that matters", "Words")
    said = await phone.type("Come and see what we have made of it. " * 7)
    assert "characters too many" in said
    assert "The words in" in said


async def test_the_look_is_chosen_tap_by_tap(shop: ShopAtWork, store: Store) -> None:
    """Theme, layout, colours tapped or typed, and what of a tall picture shows: each says what it is now, and can go back."""
    phone = await open_campaigns(shop, "+ New campaign", "Studio or gym")
    name = phone.screen.text.split(":")[0]
    await phone.tap("Look")
    await phone.tap("Theme: ")
    assert "Theme: Lagoon" in await phone.tap("Lagoon")
    await phone.tap("Layout: the theme")
    assert "Layout: Speech bubble" in await phone.tap("Speech bubble")
    await phone.tap("Colours: ")
    await phone.tap("Main: none of your own")
    assert "Colours: #2e8b57" in await phone.tap("🟩")
    await phone.tap("Second: one that goes with it")
    await phone.tap("Type a colour")
    assert "read that as a colour" in await phone.type("mango")
    assert "#2e8b57 and #ffcc00" in await phone.type(" FFCC00 ")
    row = await store.read(campaigns.find_by_slug, name)
    assert row is not None
    draft = parse_content(row.draft or "")
    assert (draft.theme, draft.layout, draft.main_colour, draft.accent_colour) == (
        "lagoon",
        "bubble",
        "#2e8b57",
        "#ffcc00",
    )
    assert "Colours: the theme" in await phone.tap("The theme")


async def test_colours_from_a_picture_need_one(shop: ShopAtWork) -> None:
    """Without logo and photo it is said what is missing; with one they are taken, and a story's tall picture has its part shown."""
    phone = await open_campaigns(shop, "+ New campaign", "From scratch", "Look", "Colours: ")
    assert "Send a logo or a photo first" in await phone.tap("From logo or photo")
    await phone.tap("Back")
    await phone.tap("Back")
    await phone.tap("Photo")
    await phone.send_picture("olive")
    await phone.tap("Look")
    await phone.tap("Colours: ")
    assert "Colours: from logo or photo" in await phone.tap("From logo or photo")
    assert "shows: what matters" in phone.screen.text
    assert "shows: Bottom" in await phone.tap("Bottom")
    assert "shows: what matters" in await phone.tap("✓ Bottom")
    seen = phone.screen.id
    await phone.tap("See a card")
    await shop.telegram.until_message(shop.admin, "How the cards look", after=seen)
    card = await shop.telegram.until_message(shop.admin, "invites you to", after=seen)
    assert card.photo is not None


async def test_each_storys_picture_has_its_own_part_shown(shop: ShopAtWork, store: Store) -> None:
    """Chosen on the story's screen, and kept with the story alone."""
    phone = await open_campaigns(shop, "+ New campaign", "Service", "1.", "Picture")
    assert "Of a tall picture the card shows: what matters" in await phone.send_picture("plum")
    assert "shows: Top" in await phone.tap("Top")
    drafts = [parse_content(row.draft) for row in await store.read(campaigns.list_all) if row.draft]
    assert ["top", ""] in [[story.focus for story in draft.stories] for draft in drafts]


async def test_an_offer_of_points_that_are_not_given_is_told_before_a_start(shop: ShopAtWork, store: Store) -> None:
    """In a sentence, with the way to the story; whoever means it goes on, and at a time of its own it begins only put right."""
    phone = await open_campaigns(shop, "+ New campaign", "Salon", *ENGLISH_ALONE, *ONE_STORY)
    name = phone.screen.text.split(":")[0]
    await phone.tap("1. ")
    await phone.tap("What the friend gets")
    await phone.type("Come and start with 777 points.")
    await phone.tap("Back")
    said = await phone.tap("Start now")
    assert "Story 1, What the friend gets, English: it says 777, and that is not what is given." in said
    await phone.tap("Back")
    await phone.tap("Begin at a time")
    tomorrow = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=1)
    assert "it says 777" in await phone.type(f"{tomorrow:%Y-%m-%d %H:%M}")
    row = await store.read(campaigns.find_by_slug, name)
    assert row is not None
    assert row.state is CampaignState.DRAFT
    phone = await open_campaigns(shop, f"{name}: a draft", "Start now")
    assert "running" in await phone.tap("meant like this")
