"""Asking the bot from any chat: the inline picker, and guests called by name."""

from __future__ import annotations

import re
from typing import Any

from bot.playground.world.chats import Chat, Message
from bot.playground.world.content import SECOND, Content
from bot.playground.world.errors import bad_request
from bot.playground.world.linking import LinkActions
from bot.playground.world.people import Person
from bot.playground.world.queries import GuestCall, InlineAnswer, InlineQuery, InlineResult

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


class InlineActions(LinkActions):
    """Typing after the bot's name, choosing a result, calling a guest; and the bot's answers."""

    def type_inline(self, person: Person, chat: Chat, query: str = "", offset: str = "") -> InlineQuery:
        """Type `@bot query` in a chat; the answer comes later, or at once where Telegram kept one."""
        self.require(self.settings.inline_mode, "the bot has no inline mode")
        self.require(chat.holds(person), f"{person.full_name} is not in the chat")
        asked = InlineQuery(
            id=self.make_id(), person=person, chat=chat, query=query[:256], offset=offset, asked_at=self.now
        )
        self.inline_queries[asked.id] = asked
        self.emit("inline_query", chat, about=asked)
        if kept := self.inline_cache.find(asked):
            asked.answer, asked.was_cached = kept, True
            self.emit("inline_answered", chat, about=asked)
        else:
            self._ask_inline(asked)
        return asked

    def choose_inline(self, person: Person, query: InlineQuery, result_id: str = "") -> Message:
        """Tap a result (the first one if none is named): it is sent into the chat `via` the bot."""
        self.require(query.answer and query.answer.results, "there is nothing to choose")
        assert query.answer is not None
        result = query.answer.get_result(result_id) if result_id else query.answer.results[0]
        inline_id = f"inl{self.make_id()}" if result.content.keyboard else ""
        message = self.say(person, query.chat, result.content, via_bot=self.bot, inline_id=inline_id)
        if self.settings.inline_feedback:
            self._tell_choice(person, query, result, inline_id)
        return message

    def answer_inline(
        self, query_id: str, answer: InlineAnswer, *, cache_seconds: int = 300, is_personal: bool = False
    ) -> None:
        """Show the bot's results in the picker; ApiError for a query that is unknown or too old."""
        query = self.inline_queries.get(query_id)
        too_late = self.now - self.settings.inline_answer_seconds * SECOND
        if query is None or query.answer is not None or query.asked_at < too_late:
            raise bad_request(TOO_OLD)
        query.answer = answer
        until_at = self.now + cache_seconds * SECOND
        self.inline_cache.keep(query, answer, until_at=until_at, is_personal=is_personal)
        self.emit("inline_answered", query.chat, about=query)

    def calls_guest(self, chat: Chat, text: str) -> bool:
        """Whether a text in this chat calls the bot as a guest."""
        return self.settings.guest_mode and not self.bot_sees(chat) and self._is_named(text)

    def call_guest(self, person: Person, chat: Chat, said: str | Content) -> GuestCall:
        """Mention the bot in a chat it is not in, so that it may answer once as a guest."""
        self.require(self.settings.guest_mode, "the bot comes to nobody as a guest")
        self.require(not self.bot_sees(chat), "the bot is in the chat, and no guest")
        content = Content(text=said) if isinstance(said, str) else said
        self.require(self._is_named(content.text), "nobody called the bot")
        message = self.send_text(person, chat, said) if isinstance(said, str) else self.say(person, chat, content)
        call = GuestCall(id=self.make_id(), message=message, asked_at=self.now)
        self.guest_calls[call.id] = call
        body = message.render() | {"guest_query_id": call.id}
        self.emit("guest_call", chat, message, about=call)
        self.notify("guest_message", body, ("guest_message", person.id))
        return call

    def answer_guest(self, call_id: str, result: InlineResult) -> str:
        """Put the guest's one answer under the call; returns its inline message id."""
        call = self.guest_calls.get(call_id)
        too_late = self.now - self.settings.guest_answer_seconds * SECOND
        if call is None or call.reply is not None or call.asked_at < too_late:
            raise bad_request(TOO_OLD)
        inline_id = f"gst{self.make_id()}"
        content = result.content
        assert call.message.sender is not None
        extra = {**content.extra, "guest_bot_caller_user": call.message.sender.render()}
        called = Content(
            text=content.text,
            entities=content.entities,
            photo=content.photo,
            keyboard=content.keyboard,
            extra=extra,
        )
        call.reply = self.add_message(
            call.message.chat, called, sender=self.bot, reply_to=call.message, inline_id=inline_id
        )
        return inline_id

    def _is_named(self, text: str) -> bool:
        return bool(re.search(rf"(?<!\w)@{re.escape(self.bot.username)}(?!\w)", text, re.IGNORECASE))

    def _ask_inline(self, asked: InlineQuery) -> None:
        body = {"id": asked.id, "from": asked.person.render(), "query": asked.query, "offset": asked.offset}
        body["chat_type"] = self._describe_chat(asked.chat)
        self.notify("inline_query", body, ("inline_query", asked.person.id))

    def _describe_chat(self, chat: Chat) -> str:
        return (
            "sender"
            if self.chats.get(chat.id) is chat and self.bot.id in chat.members and chat.is_private
            else chat.kind
        )

    def _tell_choice(self, person: Person, query: InlineQuery, result: InlineResult, inline_id: str) -> None:
        body: dict[str, Any] = {"result_id": result.id, "from": person.render(), "query": query.query}
        if inline_id:
            body["inline_message_id"] = inline_id
        self.notify("chosen_inline_result", body, ("chosen_inline_result", person.id))
