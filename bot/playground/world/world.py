from __future__ import annotations

import time
from typing import Any

from bot.playground.world.journal import Call, Sent, Violation
from bot.playground.world.posting import BotActions
from bot.playground.world.state import Clock


def read_clock() -> int:
    """Return UTC microseconds."""
    return time.time_ns() // 1000


class World(BotActions):
    """A small Telegram with one bot in it: no network, no waiting, the clock and the dice given.

    Methods are what humans do, and what the bot does by way of the Bot API. Everything that happens is told to
    listeners; what the bot asked and sent is written down in `journal`.
    """

    def __init__(
        self,
        *,
        clock: Clock = read_clock,
        seed: int = 0,
        bot_id: int = 4_242_424_242,
        bot_name: str = "Passalong",
        bot_username: str = "passalong_bot",
    ) -> None:
        super().__init__(clock=clock, seed=seed, bot_id=bot_id, bot_name=bot_name, bot_username=bot_username)

    @property
    def calls(self) -> list[Call]:
        """Every request of the bot's, oldest first."""
        return list(self.journal.calls)

    @property
    def sent(self) -> list[Sent]:
        """Every message the bot sent, as it was then."""
        return self.journal.sent

    @property
    def violations(self) -> list[Violation]:
        """Every breach of the Bot API's contract; a good bot has none."""
        return self.journal.violations

    def busiest_second(self) -> int:
        """Return the most sends that came within any sliding second."""
        return self.journal.busiest_second

    def push_raw(self, kind: str, body: dict[str, Any]) -> int:
        """Queue an update as it is given, such as one no library can parse; returns its update_id, 0 if not wanted."""
        update = self.notify(kind, body, (kind, 0))
        return update.id if update else 0

    def note_violation(self, method: str, words: str) -> None:
        """Write down a breach and tell the listeners."""
        self.journal.note_violation(self.now, method, words)
        self.emit("violation", about=self.journal.violations[-1])

    def render_me(self) -> dict[str, Any]:
        """Return what getMe says."""
        return self.bot.render() | {
            "can_join_groups": True,
            "can_read_all_group_messages": self.settings.reads_all_group_messages,
            "supports_inline_queries": self.settings.inline_mode,
            "supports_guest_queries": self.settings.guest_mode,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": self.settings.private_topics,
        }
