"""What was sent is edited for all: each language's version, the words below files, the buttons; or why it cannot be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bot.core.broadcasts.content import Kind
from bot.messages.broadcasts.echo import render_edit_prompt
from bot.messages.texts import Texts
from bot.playground.world import Message
from tests.broadcasts.test_care import view
from tests.handlers.test_broadcast import draw_jpeg, until_done, write
from tests.journeys.shop_at_work import ShopAtWork, open_shop, sqlite_in

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShopAtWork]:
    """A bot with an admin and a member who reads Indonesian."""
    async with open_shop(sqlite_in(tmp_path_factory.mktemp("edit"))) as opened:
        await opened.join(opened.admin)
        budi = await opened.add_member("Budi")
        opened.world.open_chat(budi)
        yield opened


async def send_now(shop: ShopAtWork, panel: Message) -> None:
    """One tap sends it."""
    await shop.tap(shop.admin, panel, "Send")
    await until_done(shop, panel)


async def ask_edit(shop: ShopAtWork, progress: Message) -> Message:
    """What is asked for as it shall be edited."""
    await shop.tap(shop.admin, progress, "Edit for all")
    return await shop.telegram.until_message(shop.admin, "", after=progress)


async def confirm(shop: ShopAtWork, after: Message) -> str:
    """Have the new form shown to all."""
    preview = await shop.telegram.until_message(shop.admin, "This is what will stand", after=after)
    await shop.tap(shop.admin, preview, "Edit for all")
    return (await shop.until_edited(preview, "Edited: 2 of 2")).text


def list_texts(shop: ShopAtWork) -> list[str]:
    """What the member reads."""
    budi = next(person for person in shop.world.people.values() if person.first_name == "Budi")
    return [message.text for message in shop.world.open_chat(budi).messages.values()]


async def test_words_below_a_picture_and_its_buttons_are_edited_in_one_go(shop: ShopAtWork) -> None:
    """A text is the new words; buttons come with another tap before all of it is shown to everybody."""
    await shop.ask(shop.admin, "/broadcast")
    chat = shop.world.open_chat(shop.admin)
    sent = shop.world.send_photo(shop.admin, chat, draw_jpeg(), "A cake on Saturday")
    panel = await shop.telegram.until_message(shop.admin, "This is what members will see", after=sent)
    await send_now(shop, panel)
    asked = await ask_edit(shop, panel)
    new = shop.world.send_text(shop.admin, chat, "A cake on Sunday")
    preview = await shop.telegram.until_message(shop.admin, "This is what will stand", after=new)
    await shop.tap(shop.admin, preview, "Change more")
    more = await shop.telegram.until_message(shop.admin, "as it should be", after=preview)
    await shop.tap(shop.admin, more, "Buttons")
    lines = await shop.telegram.until_message(shop.admin, "one a line", after=more)
    wrong = shop.world.send_text(shop.admin, chat, "Menu without an address")
    await shop.telegram.until_message(shop.admin, "has no address", after=wrong)
    right = shop.world.send_text(shop.admin, chat, "Menu https://example.org/menu")
    await confirm(shop, right)
    budi = next(person for person in shop.world.people.values() if person.first_name == "Budi")
    last = list(shop.world.open_chat(budi).messages.values())[-1]
    assert (last.text, last.buttons[0].text) == ("A cake on Sunday", "Menu")
    assert "A cake on Saturday" not in list_texts(shop)
    assert asked.id < lines.id


async def test_a_text_may_become_a_picture_and_no_picture_a_text(shop: ShopAtWork) -> None:
    """As Telegram has it; the picture's words are then edited by a text."""
    _, panel = await write(shop, "Fresh at ten")
    await send_now(shop, panel)
    await ask_edit(shop, panel)
    photo = shop.world.send_photo(shop.admin, shop.world.open_chat(shop.admin), draw_jpeg(), "At ten")
    await confirm(shop, photo)
    assert "At ten" in list_texts(shop)
    assert "Fresh at ten" not in list_texts(shop)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.TEXT, "Send me the message as it should be"),
        (Kind.VOICE, "only the words can change"),
        (Kind.ALBUM, "only the words can change"),
        (Kind.POLL, "only the buttons below can change"),
        (Kind.VIDEO_NOTE, "only the buttons below can change"),
        (Kind.STORY, "only the buttons below can change"),
    ],
)
async def test_what_cannot_change_is_said_before_anything_is_sent(kind: Kind, words: str) -> None:
    """With the way to what can."""
    content: dict[str, object] = {"versions": {"": {"kind": kind}, "id": {"kind": "text", "text": "Segar"}}}
    shown = view(0)
    shown = replace(shown, broadcast=replace(shown.broadcast, content=content))
    screen = render_edit_prompt(Texts("en"), shown)
    assert words in screen.text
    assert screen.keyboard is not None
    assert [row[0].text for row in screen.keyboard.inline_keyboard] == ["Bahasa Indonesia", "Buttons"]
    other = render_edit_prompt(Texts("en"), shown, "id")
    assert other.keyboard is not None
    assert [row[0].text for row in other.keyboard.inline_keyboard] == ["First version", "Buttons"]
