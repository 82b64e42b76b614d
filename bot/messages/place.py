"""Where the shop is: its chats and its time zone."""

from __future__ import annotations

from bot.core.community import ChatProblem
from bot.messages.texts import Html, Texts

_PROBLEMS = {
    ChatProblem.NOT_INSIDE: "place.not_inside",
    ChatProblem.NO_ADMIN: "place.no_admin",
    ChatProblem.NO_INVITING: "place.no_inviting",
    ChatProblem.NO_POSTING: "place.no_posting",
}


def say_no_chat(texts: Texts) -> Html:
    """What was sent names none."""
    return texts.say("place.no_chat")


def say_chat_problem(texts: Texts, problem: ChatProblem | None, *, chat: str) -> Html:
    """Why a chat will not do, and what would help; None where it cannot be found at all."""
    key = "place.unknown" if problem is None else _PROBLEMS.get(problem, "place.unknown")
    return texts.say(key, chat=chat)
