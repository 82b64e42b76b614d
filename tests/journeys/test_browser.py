"""The playground as a newcomer plays it: `passalong demo`, the real bot, a real browser."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.playground.api.fleet import serve
from bot.playground.api.server import Server, make_token
from bot.playground.page import add_page_routes
from bot.playground.seed import ANNA_ID, BUDI_ID, make_world, seed_world
from bot.playground.world import Button, CallbackAnswer, Content, Happening
from tests.journeys.browser import BotData, open_demo, open_desk

pytestmark = [pytest.mark.browser, pytest.mark.long]

HOSTILE = '<img src=x onerror="alert(1)"> \u202egnp.exe ' + "W" * 120 + " Z\u0337\u0322\u031b\u0334\u0356 小美 😀"


async def test_the_whole_loop_is_played_in_the_browser(tmp_path: Path) -> None:
    """Start, card, forward, link, START: both are rewarded and the channel hears of it."""
    async with open_demo(tmp_path) as bot_data:
        anna, budi = bot_data.get_phone("anna"), bot_data.get_phone("budi")
        await anna.get_by_test_id("start").click()
        await bot_data.until_bubble("anna", "t.me/little_oven_bot")
        await bot_data.write("anna", "/share")
        await _assert_picture(bot_data, "anna")

        await (
            anna.get_by_test_id("message")
            .filter(has=bot_data.page.get_by_test_id("photo"))
            .get_by_test_id("forward")
            .last.click()
        )
        await bot_data.choose("anna", "Budi")
        await expect(anna.get_by_test_id("toast")).to_have_text("Forwarded to Budi")

        await expect(budi.locator(".badge").first).to_have_text("1")
        await budi.get_by_test_id("chat").filter(has_text="Anna").click()
        card = await bot_data.until_bubble("budi", "Forwarded from Little Oven")
        await _assert_picture(bot_data, "budi")
        await card.locator("a.t-link").last.click()
        await budi.get_by_test_id("start").click()

        greeting = await bot_data.until_bubble("budi", re.compile(r"Anna.*25", re.DOTALL))
        await expect(greeting).to_be_visible()
        await bot_data.until_bubble("anna", re.compile(r"Budi.*\+50", re.DOTALL))
        await bot_data.until_bubble("channel", re.compile("Budi.*Anna", re.DOTALL))
        steps = bot_data.page.get_by_test_id("steps")
        await expect(steps.locator(".is-over")).to_have_count(1)
        await expect(steps.locator(".is-now")).to_contain_text("now as Sari")
        await bot_data.assert_clean()


async def test_picture_and_arrows_are_seen_together_on_a_phone(tmp_path: Path) -> None:
    """In a window of 390 x 844 the card's top and the row that turns it fit in one view, and turning does not move it.

    So it is with the longest words of a member's own.
    """
    async with open_demo(tmp_path, width=390, height=844) as bot_data:
        anna = bot_data.get_phone("anna")
        await anna.get_by_test_id("start").click()
        await bot_data.until_bubble("anna", "t.me/little_oven_bot")
        await expect(anna.get_by_test_id("photo")).to_have_count(1)  # the card behind the greeting
        await bot_data.write("anna", "/share")
        await expect(anna.get_by_test_id("photo")).to_have_count(2)
        await _assert_picture(bot_data, "anna")
        top = await _assert_seen_together(bot_data, "anna")
        await anna.get_by_test_id("key").filter(has_text="▶").last.click()
        await bot_data.until_bubble("anna", "2/5")
        turned = await anna.get_by_test_id("photo").last.bounding_box()
        assert turned is not None
        assert abs(turned["y"] - top) <= 1
        await bot_data.tap_key("anna", "My words")
        await bot_data.until_bubble("anna", "up to 120")
        await bot_data.write("anna", ("Everybody in our street comes here for bread. " * 3)[:120].strip())
        await bot_data.tap_key("anna", "Keep it")
        await bot_data.until_bubble("anna", "Edit words")
        await _assert_seen_together(bot_data, "anna")


async def _assert_seen_together(bot_data: BotData, key: str) -> float:
    """The last picture's top and the row that turns it, in one view; where that top is."""
    phone = bot_data.get_phone(key)
    photo, arrow = phone.get_by_test_id("photo").last, phone.get_by_test_id("key").filter(has_text="▶").last
    await arrow.scroll_into_view_if_needed()
    await phone.get_by_test_id("key").last.scroll_into_view_if_needed()
    top, bottom = await photo.bounding_box(), await arrow.bounding_box()
    view = await phone.locator(".view").bounding_box()
    assert top is not None
    assert bottom is not None
    assert view is not None
    assert bottom["y"] + bottom["height"] - top["y"] <= view["height"]
    assert top["y"] >= 0
    return top["y"]


async def test_three_taps_bring_a_card_into_a_friend_s_chat(tmp_path: Path) -> None:
    """Button, friend, card: nothing is typed; the friend accepts by the card's button."""
    async with open_demo(tmp_path) as bot_data:
        await bot_data.get_phone("anna").get_by_test_id("start").click()
        await bot_data.tap_key("anna", "Send to a friend")
        await bot_data.choose("anna", "Budi")
        await bot_data.get_phone("anna").get_by_test_id("inline-result").first.click()
        await bot_data.until_bubble("anna", "via @little_oven_bot")

        budi = bot_data.get_phone("budi")
        await budi.get_by_test_id("chat").filter(has_text="Anna").click()
        await bot_data.until_bubble("budi", "via @little_oven_bot")
        await budi.get_by_test_id("key").last.click()
        await budi.get_by_test_id("start").click()
        await bot_data.until_bubble("channel", re.compile("Budi.*Anna", re.DOTALL))
        await bot_data.get_phone("anna").get_by_test_id("banner").click()
        await bot_data.until_bubble("anna", re.compile(r"Budi.*\+50", re.DOTALL))
        await bot_data.assert_clean()


async def test_the_shop_writes_to_its_members_and_a_blocked_bot_is_let_in_again(tmp_path: Path) -> None:
    """A broadcast with a picture and formatting; blocking and START; a friend who is added and speaks Chinese."""
    async with open_demo(tmp_path) as bot_data:
        anna, sari = bot_data.get_phone("anna"), bot_data.get_phone("sari")
        await anna.get_by_test_id("start").click()
        await sari.get_by_test_id("start").click()
        await bot_data.until_bubble("sari", "t.me/little_oven_bot")
        await bot_data.write("sari", "/broadcast")
        await sari.get_by_test_id("box").fill("**Croissant Friday**, bring a friend")
        await sari.get_by_test_id("attach").click()
        await sari.get_by_test_id("sample").last.click()
        await bot_data.tap_key("sari", re.compile(r"Send to \d"))
        bubble = await bot_data.until_bubble("anna", "Croissant Friday, bring a friend")
        await expect(bubble.locator("strong")).to_have_text("Croissant Friday")
        await _assert_picture(bot_data, "anna")

        await anna.get_by_test_id("more").click()
        await bot_data.choose("anna", "Block the bot")
        await anna.get_by_test_id("restart").click()
        await bot_data.until_bubble("anna", "/start")
        await expect(anna.get_by_test_id("box")).to_be_visible()

        await bot_data.page.get_by_test_id("add-person").click()
        await bot_data.page.get_by_test_id("person-add").click()
        mei = bot_data.get_phone("person-4")
        await mei.get_by_test_id("chat").filter(has_text="Little Oven").first.click()
        await mei.get_by_test_id("start").click()
        await bot_data.until_bubble("person-4", re.compile("小炉面包房"))
        await bot_data.assert_clean()


async def test_the_web_side_and_the_group_are_played_too(tmp_path: Path) -> None:
    """More ways lead to the share page, its short link back to the bot; an invite link into the group, Leave out of it."""
    async with open_demo(tmp_path) as bot_data:
        anna, budi = bot_data.get_phone("anna"), bot_data.get_phone("budi")
        await anna.get_by_test_id("start").click()
        await bot_data.until_bubble("anna", "t.me/little_oven_bot")
        await bot_data.write("anna", "/share")
        await bot_data.tap_key("anna", "More ways")
        more = await bot_data.until_bubble("anna", re.compile(r"http://127\.0\.0\.1:\d+/s/"))
        async with bot_data.page.context.expect_page() as opening:
            await more.locator("a.t-link").click()
        page = await opening.value
        await page.wait_for_load_state()
        link = await page.locator("input").input_value()
        await page.close()

        await budi.get_by_test_id("chat").filter(has_text="Anna").click()
        await bot_data.write("budi", link)
        await (await bot_data.until_bubble("budi", link)).locator("a.t-link").click()
        await budi.get_by_test_id("start").click()
        await bot_data.until_bubble("channel", re.compile("Budi.*Anna", re.DOTALL))

        await bot_data.write("anna", "/community")
        invitation = await bot_data.until_bubble("anna", "t.me/+")
        await invitation.get_by_test_id("forward").click()
        await bot_data.choose("anna", "Budi")
        await budi.get_by_test_id("back").click()
        await budi.locator(f'[data-peer="u{ANNA_ID}"]').click()
        await (await bot_data.until_bubble("budi", "t.me/+")).locator("a.t-link").last.click()
        await bot_data.until_bubble("budi", "Friends of the oven")
        await expect(budi.locator(".row.is-service").last).to_have_text("Budi came in")
        await budi.get_by_test_id("more").click()
        await bot_data.choose("budi", "Leave Little Oven Friends")
        await expect(budi.locator(".chat-top b", has_text="Little Oven Friends")).to_have_count(0)

        await budi.locator(f'[data-peer="u{ANNA_ID}"]').click()
        await budi.get_by_test_id("attach").click()
        await budi.get_by_test_id("mention-bot").click()
        called = await bot_data.until_bubble("budi", "@little_oven_bot")
        await expect(called).to_be_visible()
        await expect(budi.get_by_test_id("message").last.get_by_test_id("key")).to_have_count(1)
        await bot_data.assert_clean()


async def test_every_kind_of_button_does_what_telegram_s_does() -> None:
    """Toast, alert, copy, share and a link out of Telegram, each seen on the phone that tapped."""
    world = make_world()
    cast = seed_world(world)
    world.press_start(world.people[ANNA_ID])
    share = "https://t.me/share/url?url=https%3A%2F%2Ft.me%2Flittle_oven_bot%3Fstart%3Dabc&text=Come"
    actions: dict[str, tuple[str, object]] = {
        "Toast": ("callback_data", "toast"),
        "Alert": ("callback_data", "alert"),
        "Share": ("url", share),
    }
    actions |= {"Copy": ("copy_text", {"text": "copied words"}), "Out": ("url", "https://example.com/")}
    keyboard = tuple((Button(label, *action, {}),) for label, action in actions.items())
    world.post(world.open_chat(world.people[ANNA_ID]), Content(text="Tap", keyboard=keyboard))

    def answer(happening: Happening) -> None:
        if happening.kind == "callback":
            words = CallbackAnswer(text=f"this is a {happening.about.data}", show_alert=happening.about.data == "alert")
            asyncio.get_running_loop().call_soon(world.answer_callback, happening.about.id, words)

    world.listen(answer)
    server = Server(world, make_token(world.bot.id))
    async with (
        serve(server, add_routes=lambda app: add_page_routes(app, world, cast)),
        open_desk(f"{server.url}/") as bot_data,
    ):
        anna = bot_data.get_phone("anna")
        await bot_data.tap_key("anna", "Toast")
        await expect(anna.get_by_test_id("toast")).to_have_text("this is a toast")
        await bot_data.tap_key("anna", "Alert")
        await expect(anna.get_by_test_id("alert")).to_contain_text("this is a alert")
        await bot_data.page.keyboard.press("Escape")
        await expect(anna.get_by_test_id("alert")).to_have_count(0)
        await bot_data.tap_key("anna", "Copy")
        await expect(anna.get_by_test_id("toast")).to_have_text("Copied")
        await bot_data.tap_key("anna", "Out")
        await expect(anna.get_by_role("link", name="Open in a new tab")).to_have_attribute(
            "href", "https://example.com/"
        )
        await bot_data.page.keyboard.press("Escape")
        await bot_data.tap_key("anna", "Share")
        await bot_data.choose("anna", "Budi")
        await expect(anna.get_by_test_id("box")).to_have_value("https://t.me/little_oven_bot?start=abc\nCome")
        await anna.get_by_test_id("box").press("ControlOrMeta+a")
        await anna.get_by_test_id("box").press("ControlOrMeta+v")
        await expect(anna.get_by_test_id("box")).to_have_value("copied words")
        assert not bot_data.complaints


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
async def test_hostile_words_stay_words_and_the_page_fits(width: int, height: int) -> None:
    """Names and texts full of markup, overrides and endless words neither run nor burst the page."""
    world = make_world()
    cast = seed_world(world)
    anna, budi = world.people[ANNA_ID], world.people[BUDI_ID]
    world.press_start(anna)
    world.rename(budi, HOSTILE[:64], HOSTILE[:64], "budi")
    keyboard = (tuple(Button(HOSTILE[:40], "callback_data", "x", {}) for _ in range(8)),)
    world.post(world.open_chat(anna), Content(text=HOSTILE * 8, keyboard=keyboard))
    world.note_violation("sendMesage", HOSTILE)
    server = Server(world, make_token(world.bot.id))
    async with (
        serve(server, add_routes=lambda app: add_page_routes(app, world, cast)),
        open_desk(f"{server.url}/", width=width, height=height) as bot_data,
    ):
        await bot_data.until_bubble("anna", "<img src=x")
        await expect(bot_data.page.get_by_test_id("violations")).to_have_text("1 violation")
        await bot_data.page.get_by_test_id("journal-toggle").click()
        await bot_data.get_phone("anna").get_by_test_id("forward").last.click()
        await bot_data.get_phone("anna").get_by_test_id("choice").first.wait_for()
        assert await bot_data.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert not await bot_data.page.evaluate(
            "[...document.querySelectorAll('.view, .sheet-panel')].some((one) => one.scrollWidth > one.clientWidth + 1)"
        )
        assert not await bot_data.page.evaluate("document.querySelectorAll('img[src=x]').length")
        nameless = (
            "[...document.querySelectorAll('button')].filter((one) => !one.textContent.trim() && !one.ariaLabel).length"
        )
        assert not await bot_data.page.evaluate(nameless)
        assert not bot_data.complaints


async def _assert_picture(bot_data: BotData, key: str) -> None:
    """The last picture in a phone's open chat is there and was decoded."""
    picture = bot_data.get_phone(key).get_by_test_id("photo").last.locator("img")
    await picture.wait_for()
    await expect(picture).to_have_js_property("complete", value=True)
    assert await picture.evaluate("(image) => image.decode().then(() => image.naturalWidth > 300)")
