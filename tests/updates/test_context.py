"""What a handler holds: where it was asked, who asked, and which update is worth being kept for it."""

from __future__ import annotations

import asyncio
import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from telegram import Message, Update, User
from telegram.ext import ApplicationHandlerStop, CommandHandler, TypeHandler

from bot.messages.outgoing import OutgoingMessage
from bot.updates.context import (
    NAME_LIMIT,
    Attempt,
    PassalongContext,
    UnreadableUpdate,
    build_judge,
    is_wanted,
    profile_of,
    read_update,
    run_handlers,
    visitor_of,
)
from bot.updates.raw_updates import parse_update
from bot.wire.telegram_bot import PassalongBot, compose_silent_bot
from storage.records import Profile
from tests.updates.rig import Application, Context
from tests.wire.asked import Asked
from tests.wire.server import make_update

BOT = compose_silent_bot("77:secret", "shop_bot")


def read(**changes: object) -> Update:
    """An update whose message is changed so."""
    update = make_update(1, 7, "/bake now")
    message = cast("dict[str, object]", update["message"])
    return read_update(update | {"message": message | changes}, BOT)


def make_context(attempt: Attempt, telegram: Asked) -> PassalongContext[Any]:
    """The context of an attempt."""
    context = PassalongContext.__new__(PassalongContext)
    context._application = cast("Any", SimpleNamespace(bot=cast("PassalongBot", telegram)))
    context.attempt = attempt
    return context


async def test_an_answer_goes_to_where_it_was_asked_for() -> None:
    """The chat and its topic; a thread of replies is no topic, and what comes from no chat is answered in none."""
    thread = {"message_thread_id": 5}
    for update, where in (
        (read(), {"chat_id": 7}),
        (read(**thread), {"chat_id": 7}),
        (read(**thread, is_topic_message=True), {"chat_id": 7, "message_thread_id": 5}),
    ):
        telegram, answer = Asked(), OutgoingMessage(text="Soon")
        context = make_context(Attempt.at(update), telegram)
        assert context.where == where
        assert context.row is None
        await context.deliver(answer)
        topic = where.get("message_thread_id")
        assert telegram.calls == [("deliver", (7, answer), {"thread_id": topic})]
    inline = {"id": "1", "from": {"id": 7, "is_bot": False, "first_name": "Ada"}, "query": "", "offset": ""}
    assert Attempt.at(read_update({"update_id": 1, "inline_query": inline}, BOT)) == Attempt(chat_id=0, topic_id=None)


def test_whoever_speaks_has_a_clean_name() -> None:
    """No longer than Telegram itself allows; what Telegram does not say is empty."""
    ada = User(7, f"  A\u202eda{'x' * 99}", is_bot=False, last_name="Love\nlace", username="ada", language_code="id")
    profile = profile_of(ada)
    assert (profile.telegram_id, profile.username, profile.telegram_language) == (7, "ada", "id")
    assert profile.first_name.startswith("Ada")
    assert len(profile.first_name) == NAME_LIMIT
    assert profile.last_name == "Love lace"
    assert profile_of(User(8, "Bo", is_bot=False)) == Profile(telegram_id=8, first_name="Bo")
    assert visitor_of(read()).telegram_id == 7


@pytest.mark.parametrize("raw", [b"{", b"7", b'{"update_id": 1, "message": 7}', {"message": {}}], ids=repr)
def test_what_is_no_update_is_said_to_be_unreadable(raw: Any) -> None:
    """With what is wrong about it, whatever that is."""
    with pytest.raises(UnreadableUpdate, match=r"^\w+(Error)?: .+"):
        read_update(raw, BOT)


async def do_nothing(_update: Update, _context: Context) -> None:
    """A handler."""


def test_another_process_can_tell_what_is_wanted() -> None:
    """By the handlers and the name of the bot alone: a command for another bot is nobody's; what cannot be read is kept to be counted."""
    judge = build_judge([CommandHandler("bake", do_nothing)], token="77:secret", username="shop_bot")
    for text, wanted in (("/bake", True), ("/bake@shop_bot", True), ("/bake@other_bot", False), ("/boil", False)):
        entity = {"type": "bot_command", "offset": 0, "length": len(text)}
        update = make_update(1, 7, text)
        message = cast("dict[str, object]", update["message"])
        raw = parse_update(update | {"message": message | {"entities": [entity]}})
        assert raw is not None
        assert judge(raw) is wanted
        assert isinstance(raw.parsed, Update), "it need not be read once more"
    odd = parse_update(make_update(2, 7, "x"))
    assert odd is not None
    assert is_wanted(odd, [], BOT) is False
    broken = SimpleNamespace(content={"update_id": 2, "message": {"text": "no date"}}, parsed=None)
    assert is_wanted(cast("Any", broken), [], BOT) is True


async def test_the_first_handler_of_each_group_works_until_one_says_that_it_is_enough(application: Application) -> None:
    """Whoever does not want an update lets the next one have it."""
    log: list[str] = []

    def note(name: str, *, stops: bool = False) -> Any:
        async def handle(_update: Update, context: Context) -> None:
            assert context.attempt is attempt
            log.append(name)
            if stops:
                raise ApplicationHandlerStop

        return handle

    attempt = Attempt(chat_id=7)
    application.add_handler(TypeHandler(Message, note("of messages")), group=0)
    application.add_handler(TypeHandler(Update, note("first")), group=0)
    application.add_handler(TypeHandler(Update, note("second")), group=0)
    application.add_handler(TypeHandler(Update, note("other group", stops=True)), group=1)
    application.add_handler(TypeHandler(Update, note("too late")), group=2)
    await run_handlers(application, read(), attempt, is_stopping=lambda: False)
    assert log == ["first", "other group"]


async def test_a_handler_that_is_cancelled_has_failed_unless_all_end(application: Application) -> None:
    """A library may cancel what it began: that is no reason to leave an update open for ever."""

    async def give_up(_update: Update, _context: Context) -> None:
        raise asyncio.CancelledError("no more time")

    application.add_handler(TypeHandler(Update, give_up))
    with pytest.raises(asyncio.CancelledError):
        await run_handlers(application, read(), Attempt(), is_stopping=lambda: True)
    with pytest.raises(RuntimeError, match="no more time"):
        await run_handlers(application, read(), Attempt(), is_stopping=lambda: False)


def test_what_is_kept_reads_back() -> None:
    """As it was kept: bytes of JSON."""
    update = make_update(5, 7, "tea")
    assert read_update(json.dumps(update).encode(), BOT).to_dict() == read_update(update, BOT).to_dict()
