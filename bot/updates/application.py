"""python-telegram-bot's Application as Passalong uses it: no Updater, no job queue, no token in any text."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from telegram.ext import Application, ApplicationBuilder, BaseHandler, ContextTypes, Defaults
from telegram.request import BaseRequest

from bot.updates.context import BotData, PassalongContext
from bot.wire.gate import Gate
from bot.wire.telegram_bot import PassalongBot

DepsT = TypeVar("DepsT")

PassalongApplication = Application[
    PassalongBot, PassalongContext[DepsT], dict[Any, Any], dict[Any, Any], BotData[DepsT], None
]


class NonBlockingHandler(Exception):
    """A handler with `block=False`: its update would count as handled before it is, and its errors would be lost."""


def build_application(
    *,
    token: str,
    base_url: str,
    gate: Gate,
    request: BaseRequest,
    get_updates_request: BaseRequest,
    bot_data: BotData[DepsT],
    defaults: Defaults | None = None,
) -> PassalongApplication[DepsT]:
    """An Application that only `Dispatch` feeds.

    Args:
        token: The bot's token.
        base_url: Where methods lie: `{base_url}/bot{token}/{method}`; files under `{base_url}/file/bot{token}/`.
        gate: What every request passes.
        request: The transport for everything but getUpdates.
        get_updates_request: The transport of the long poll.
        bot_data: What every handler's context offers.
        defaults: Defaults of the bot's methods.
    """
    root = base_url.rstrip("/")
    bot = PassalongBot(
        token,
        base_url=f"{root}/bot",
        base_file_url=f"{root}/file/bot",
        request=request,
        get_updates_request=get_updates_request,
        defaults=defaults,
        rate_limiter=gate,
    )
    types = ContextTypes(context=PassalongContext)
    application = ApplicationBuilder().bot(bot).updater(None).job_queue(None).context_types(types).build()
    ours = cast("PassalongApplication[DepsT]", application)
    ours.bot_data = bot_data
    return ours


def refuse_non_blocking(application: PassalongApplication[Any]) -> None:
    """Make sure that every handler is waited for.

    Raises:
        NonBlockingHandler: one is not.
    """
    defaults = application.bot.defaults
    handlers: list[BaseHandler[Any, Any, Any]] = [each for group in application.handlers.values() for each in group]
    wrong = [repr(handler) for handler in handlers if not handler.block]
    if defaults is not None and not defaults.block:
        wrong.append("the defaults")
    if wrong:
        raise NonBlockingHandler(f"block=False is forbidden: {', '.join(wrong)}")
