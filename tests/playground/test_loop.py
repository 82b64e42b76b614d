"""The everyday loop, driven by python-telegram-bot itself."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from telegram import (
    Bot,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultCachedPhoto,
    InputMediaPhoto,
    MessageEntity,
    Update,
)
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from tests.playground.calling import draw_picture
from tests.telegram import LocalTelegram


async def test_a_start_reaches_the_bot_and_its_answer_the_human(telegram: LocalTelegram, bot: Bot) -> None:
    """START with a payload is a message with a bot_command; the reply lands in the same chat."""
    ann = telegram.world.add_person("Ann", username="ann", language_code="id")
    telegram.world.press_start(ann, "AbC123-qr")

    (update,) = await bot.get_updates(timeout=1)
    assert update.message is not None
    assert update.message.text == "/start AbC123-qr"
    assert update.message.entities[0].type == MessageEntity.BOT_COMMAND
    assert update.effective_user is not None
    assert update.effective_user.language_code == "id"

    await bot.send_message(ann.id, "Hello <b>Ann</b> &amp; all", parse_mode="HTML")
    message = await telegram.until_message(ann, "Hello")
    assert message.text == "Hello Ann & all"
    assert message.entities == ({"offset": 6, "length": 3, "type": "bold"},)


async def test_updates_are_kept_until_an_offset_confirms_them(telegram: LocalTelegram, bot: Bot) -> None:
    """The same updates come again until the offset passes them; a negative offset keeps the last ones only."""
    telegram.server.polls.throttles = False
    ann = telegram.world.add_person("Ann")
    chat = telegram.world.open_chat(ann)
    for word in ("one", "two", "three", "four"):
        telegram.world.send_text(ann, chat, word)

    first = await bot.get_updates(timeout=0)
    assert [update.update_id for update in first] == [update.update_id for update in await bot.get_updates(timeout=0)]
    rest = await bot.get_updates(offset=first[0].update_id + 1, timeout=0)
    assert [update.message.text for update in rest if update.message] == ["two", "three", "four"]
    (last,) = await bot.get_updates(offset=-1, timeout=0)
    assert last.update_id == first[-1].update_id
    assert telegram.world.updates.count_waiting() == 1


async def test_a_tap_asks_the_bot_and_shows_its_answer(telegram: LocalTelegram, bot: Bot) -> None:
    """A callback button sends a callback_query; the answer is seen as a toast; an edit replaces the message."""
    ann = telegram.world.add_person("Ann")
    telegram.world.press_start(ann)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="page:2")]])
    await bot.send_message(ann.id, "Page 1", reply_markup=keyboard)
    shown = await telegram.until_message(ann, "Page 1")

    tap = telegram.world.tap(ann, shown, "More")
    updates = await bot.get_updates(timeout=1)
    query = updates[-1].callback_query
    assert query is not None
    assert query.data == "page:2"
    await query.answer("Turning")
    assert (await telegram.until_answered(tap)).text == "Turning"
    await query.edit_message_text("Page 2", reply_markup=keyboard)
    assert (await telegram.until_message(ann, "Page 2")).id == shown.id


async def test_buttons_that_ask_nothing_do_their_work_at_once(telegram: LocalTelegram, bot: Bot) -> None:
    """Links open, copy_text copies, and a switch_inline button opens a picker; the bot hears of none of it."""
    ann = telegram.world.add_person("Ann")
    telegram.world.press_start(ann)
    await bot.send_message(
        ann.id,
        "Share me",
        reply_markup=InlineKeyboardMarkup(
            [
                [InlineKeyboardButton("Link", url="https://t.me/share/url?url=x")],
                [InlineKeyboardButton("Copy", copy_text=CopyTextButton("https://t.me/passalong_bot?start=a"))],
                [InlineKeyboardButton("Send", switch_inline_query="card")],
            ]
        ),
    )
    shown = await telegram.until_message(ann, "Share me")
    waiting = telegram.world.updates.count_waiting()
    assert telegram.world.tap(ann, shown, "Link").url == "https://t.me/share/url?url=x"
    assert telegram.world.tap(ann, shown, "Copy").text == "https://t.me/passalong_bot?start=a"
    picker = telegram.world.tap(ann, shown, "Send").picker
    assert picker is not None
    assert picker.query == "card"
    assert telegram.world.updates.count_waiting() == waiting


async def test_a_card_travels_from_hand_to_hand_and_brings_a_friend(telegram: LocalTelegram, bot: Bot) -> None:
    """A photo is uploaded, forwarded to a human, keeps its link button only, and the link opens the bot."""
    world = telegram.world
    ann, bob = world.add_person("Ann"), world.add_person("Bob")
    world.press_start(ann)
    link = f"https://t.me/{world.bot.username}?start=Code123456"
    keyboard = InlineKeyboardMarkup(
        [[InlineKeyboardButton("Join", url=link), InlineKeyboardButton("Mine", callback_data="mine")]]
    )
    sent = await bot.send_photo(ann.id, draw_picture(1024, 1280), caption=f"Try this: {link}", reply_markup=keyboard)
    assert (sent.photo[-1].width, sent.photo[-1].height) == (1024, 1280)
    again = await bot.send_photo(ann.id, sent.photo[-1].file_id)
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id

    card = await telegram.until_message(ann, "Try this")
    forwarded = world.forward(ann, card, world.open_chat(ann, bob))
    assert [button.text for button in forwarded.buttons] == ["Join"]
    opened = world.open_link(bob, world.tap(bob, forwarded, "Join").url)
    assert opened.message is not None
    assert opened.message.text == "/start Code123456"
    assert world.open_chat(bob).started

    file = await bot.get_file(sent.photo[-1].file_id)
    assert Image.open(BytesIO(bytes(await file.download_as_bytearray()))).size == (1024, 1280)


async def test_a_card_is_sent_inline_into_any_chat(telegram: LocalTelegram, bot: Bot) -> None:
    """An inline query is answered with a cached photo; the choice is sent `via` the bot and fed back to it."""
    world = telegram.world
    ann, bob = world.add_person("Ann"), world.add_person("Bob")
    world.press_start(ann)
    file_id = (await bot.send_photo(ann.id, draw_picture(1024, 1280))).photo[-1].file_id
    query = world.type_inline(ann, world.open_chat(ann, bob), "card")
    asked = (await bot.get_updates(timeout=1))[-1].inline_query
    assert asked is not None
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Tap", callback_data="tap")]])
    result = InlineQueryResultCachedPhoto("card-1", file_id, caption="From Ann", reply_markup=keyboard)
    await asked.answer([result], cache_time=0, is_personal=True)
    await telegram.until_results(query)

    message = world.choose_inline(ann, query)
    assert message.via_bot is world.bot
    assert message.text == "From Ann"
    chosen = (await bot.get_updates(offset=-1, timeout=1))[-1].chosen_inline_result
    assert chosen is not None
    assert chosen.result_id == "card-1"
    await bot.edit_message_caption(inline_message_id=chosen.inline_message_id, caption="From Ann with love")
    assert message.chat.messages[message.id].text == "From Ann with love"


async def test_a_picture_in_a_message_can_be_replaced(telegram: LocalTelegram, bot: Bot) -> None:
    """EditMessageMedia takes an upload by attach:// and a new caption."""
    ann = telegram.world.add_person("Ann")
    telegram.world.press_start(ann)
    sent = await bot.send_photo(ann.id, draw_picture(1024, 1280), caption="before")
    await sent.edit_media(InputMediaPhoto(draw_picture(color="navy"), caption="after"))
    shown = await telegram.until_message(ann, "after")
    assert shown.photo is not None
    pixel = Image.open(BytesIO(shown.photo.read())).getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert pixel[2] > 100


async def test_the_stock_poller_of_the_library_runs_here(telegram: LocalTelegram) -> None:
    """python-telegram-bot's own Application polls, answers what it gets, and confirms all when it stops."""

    async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_text(f"You said {update.message.text}")

    telegram.server.polls.throttles = False  # the last poll of a stop asks the same again, and would wait
    builder = Application.builder().token(telegram.token).base_url(telegram.base_url).job_queue(None)
    app = builder.build()
    app.add_handler(MessageHandler(filters.TEXT, echo))
    ann = telegram.world.add_person("Ann")
    async with app:
        await app.start()
        assert app.updater is not None
        await app.updater.start_polling(timeout=10)
        said = telegram.world.press_start(ann)
        reply = await telegram.until_reply(said, "You said /start")
        assert reply.sender is telegram.world.bot
        await app.updater.stop()
        await app.stop()
    assert telegram.world.updates.count_waiting() == 0
