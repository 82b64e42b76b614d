from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from tests.journeys.shop_at_work import ShopAtWork, find_link

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORDS = {
    "en": ("good to have you", "joined through you", "points"),
    "id": ("senang kamu mampir", "bergabung", "poin"),
    "zh": ("欢迎", "你", "积分"),
}


@pytest.mark.parametrize("language", ["en", "id", "zh"])
async def test_a_card_forwarded_brings_a_friend_and_rewards_both(shop: ShopAtWork, language: str) -> None:
    """The whole loop: start, share, forward, open, both rewarded, the channel told; in the friend's language."""
    code = {"zh": "zh-hans"}.get(language, language)
    anna, budi = shop.add_person("Anna"), shop.add_person(f"Budi-{language}", language=code)
    welcome = await shop.join(anna)
    assert welcome.get_button("Send to a friend").action == "switch_inline_query_chosen_chat"
    assert find_link(welcome)
    card = await shop.ask(anna, "/share")
    assert card.photo is not None
    forwarded = shop.world.forward(anna, card, shop.world.open_chat(anna, budi))
    greeting = await shop.join(budi, find_link(forwarded))
    hello, _, unit = WORDS[language]
    assert hello in greeting.text
    assert "Anna" in greeting.text
    assert f"25 {unit}" in greeting.text
    told = await shop.telegram.until_message(anna, f"Budi-{language}")
    assert "+50 points" in told.text
    post = await shop.telegram.until_message(shop.channel, f"Budi-{language}")
    assert "Anna" in post.text
    invites = await shop.ask(anna, "/invites", "came through you")
    assert f"Budi-{language}" in invites.text
    rewards = await shop.ask(anna, "/rewards", "balance:")
    assert "50 points" in rewards.text
    top = await shop.ask(anna, "/top", "Your place")
    assert "Your place" in top.text


async def test_the_code_on_the_card_leads_to_the_same_member_as_the_caption(shop: ShopAtWork) -> None:
    """QR code and caption carry one code, by two sources."""
    anna = await shop.add_member("Anna")
    card = await shop.ask(anna, "/share")
    assert card.photo is not None
    picture = cv2.imdecode(np.frombuffer(card.photo.read(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    decoded, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
    assert decoded.removesuffix("-qr") == find_link(card).removesuffix("-fwd")


async def test_the_second_card_is_not_uploaded_again(shop: ShopAtWork) -> None:
    """A card Telegram already has goes by its file_id; a changed name makes a new one."""
    anna = await shop.add_member("Anna")
    first, second = await shop.ask(anna, "/share"), await shop.ask(anna, "/share")
    assert first.photo is not None
    assert second.photo is not None
    assert second.photo is first.photo
    shop.world.rename(anna, "Annabel")
    renamed = await shop.ask(anna, "/share")
    assert renamed.photo is not None
    assert renamed.photo is not first.photo


@pytest.mark.long
async def test_every_command_answers(shop: ShopAtWork) -> None:
    """No command of the menu is met with silence."""
    anna = await shop.add_member("Anna")
    for command in (
        "/start",
        "/share",
        "/qr",
        "/print",
        "/invites",
        "/rewards",
        "/top",
        "/language",
        "/help",
        "/privacy",
    ):
        assert (await shop.ask(anna, command)).text


@pytest.mark.parametrize("said", ["hello?", "/nonsense", "/broadcast", "/stats", "😀", "a" * 4096])
async def test_anything_else_gets_a_pointer(shop: ShopAtWork, said: str) -> None:
    """Whatever a member types is met with a friendly pointer; admins' commands do not exist for members."""
    anna = await shop.add_member("Anna")
    answer = await shop.ask(anna, said)
    assert answer.buttons
    assert "Traceback" not in answer.text


async def test_refusals_are_kind_and_change_nothing(shop: ShopAtWork) -> None:
    """One's own code, an unknown one, another's where one has an inviter: each has a sentence of its own."""
    mei, anna = await shop.add_member("Mei"), shop.add_person("Anna")
    await shop.join(anna, find_link(await shop.ask(await shop.add_member("Host"), "/start")))
    own, other = find_link(await shop.ask(anna, "/start")), find_link(await shop.ask(mei, "/start"))
    bot = re.split(r"\?", own)[0]
    answers = [await shop.join(anna, link) for link in (own, other, f"{bot}?start=AAAAAAAAAA")]
    assert len({answer.text.split("\n")[0] for answer in answers}) == 3
    assert "Nobody has come" in (await shop.ask(mei, "/invites")).text


async def test_a_newcomer_with_an_unknown_code_is_welcome(shop: ShopAtWork) -> None:
    """A broken link still makes a member, nobody's invitee."""
    guest = shop.add_person()
    greeting = await shop.join(guest, f"https://t.me/{shop.world.bot.username}?start=ZZZZZZZZZZ")
    assert "just as welcome" in greeting.text


async def test_a_chosen_language_overrides_telegrams(shop: ShopAtWork) -> None:
    """/language switches at once and stays."""
    anna = await shop.add_member("Anna")
    picker = await shop.ask(anna, "/language")
    await shop.tap(anna, picker, "Bahasa Indonesia")
    await shop.until_edited(picker, "Indonesia")
    assert (
        "Peringkat" in [button.text for button in (await shop.ask(anna, "/help")).buttons]
        or "poin" in (await shop.ask(anna, "/help")).text
    )


async def test_a_member_can_stand_in_the_ranking_without_a_name(shop: ShopAtWork) -> None:
    """Hiding the name takes it out of the ranking; the place stays."""
    star = await shop.add_member("Rockstar")
    link = find_link(await shop.ask(star, "/start"))
    await shop.join(shop.add_person(), link)
    await shop.telegram.until_message(star, "joined through you")
    top = await shop.ask(star, "/top", "Your place")
    assert "Rockstar" in top.text
    await shop.tap(star, top, "Hide my name")
    hidden = await shop.until_edited(top, "without your name")
    assert "Rockstar" not in hidden.text
    assert "Your place" in hidden.text


async def test_invitations_come_in_pages(shop: ShopAtWork) -> None:
    """Ten friends are two pages, turned in place."""
    anna = await shop.add_member("Anna")
    link = find_link(await shop.ask(anna, "/start"))
    for number in range(10):
        await shop.join(shop.add_person(f"Friend{number}"), link)
    first = await shop.ask(anna, "/invites", "10 friends")
    await shop.tap(anna, first, "▶")
    await shop.until_edited(first, "Friend0 ")


async def test_inline_mode_offers_ones_own_card_only(shop: ShopAtWork) -> None:
    """The picker shows the card Telegram has, every other story, and the words; a stranger gets the button that starts the bot."""
    anna, stranger, friend = await shop.add_member("Anna"), shop.add_person("Stranger"), shop.add_person("Friend")
    card = await shop.ask(anna, "/share")
    await shop.ask(anna, "/help")  # one's updates are handled in order: the card is kept by now
    query = shop.world.type_inline(anna, shop.world.open_chat(anna, friend))
    found = await shop.telegram.until_results(query)
    assert [result.kind for result in found.results] == ["photo", *["article"] * 4, "article"]
    sent = shop.world.choose_inline(anna, query)
    assert find_link(card).split("?start=")[1].split("-")[0] in sent.text
    nothing = await shop.telegram.until_results(
        shop.world.type_inline(stranger, shop.world.open_chat(stranger, friend))
    )
    assert not nothing.results
    assert nothing.button


async def test_blocking_and_coming_back_are_noticed(shop: ShopAtWork) -> None:
    """Somebody who blocked the bot and starts it again is answered as the member they are."""
    anna = await shop.add_member("Anna")
    shop.world.block(anna)
    shop.world.unblock(anna)
    assert "Welcome back" in (await shop.ask(anna, "/start")).text


async def test_another_bot_never_counts(shop: ShopAtWork) -> None:
    """A bot account that writes is not answered, let alone credited."""
    anna = await shop.add_member("Anna")
    link = find_link(await shop.ask(anna, "/start"))
    robot = shop.world.add_person("Robot", username="robot_bot", is_bot=True)
    shop.world.send_text(robot, shop.world.open_chat(robot), f"/start {link.split('=')[1]}")
    await shop.telegram.until_confirmed()
    assert "Nobody has come" in (await shop.ask(anna, "/invites")).text
