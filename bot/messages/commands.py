"""The commands that Telegram's menu and /help offer, in every language and for every role."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from telegram import BotCommand

from bot.core.roles import Roles
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from storage.frozen import frozen


@frozen(eq=False)
class Command:
    """A command as a capability declares it."""

    name: str
    """Without the slash: at most 32 of a-z, 0-9 and _."""
    text: str | Mapping[str, str]
    """Key of its line in the menu; or the line itself, by language, at most 256 characters."""
    place: int = 500
    """Where it stands in the menu, small numbers first."""
    roles: Roles | None = None
    """Who may use it; None: whoever may use the capability."""
    in_help: bool = True
    is_there: Callable[[Shop], bool] = lambda _shop: True
    """Whether this shop has it at all."""

    def say(self, texts: Texts) -> str:
        """Its line in the menu."""
        if isinstance(self.text, str):
            return texts.plain(self.text)
        return self.text.get(texts.language) or next(iter(self.text.values()))


def list_menu(texts: Texts, shop: Shop, commands: Iterable[Command]) -> list[BotCommand]:
    """What `setMyCommands` is given for one language."""
    return [BotCommand(command.name, command.say(texts)) for command in commands if command.is_there(shop)]


def say_commands(texts: Texts, shop: Shop, commands: Iterable[Command]) -> Html:
    """The same as lines of /help."""
    shown = (command for command in commands if command.in_help and command.is_there(shop))
    return Html("\n".join([_say_line(texts.locale, command.name, command.say(texts)) for command in shown]))


@lru_cache(maxsize=512)
def _say_line(locale: str, name: str, text: str) -> Html:
    return Texts(locale).say("help.line", name=name, text=text)
