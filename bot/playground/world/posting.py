"""What the bot does in chats, and why it may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.playground.world.access import Access, check_access, check_permission
from bot.playground.world.buttons import Place
from bot.playground.world.chats import TOPIC_COLOR, Chat, Message
from bot.playground.world.content import SECOND, Content
from bot.playground.world.entities import MAX_CAPTION, MAX_TEXT
from bot.playground.world.errors import ApiError, bad_request, forbidden
from bot.playground.world.humans import make_origin
from bot.playground.world.inlining import TOO_OLD, InlineActions
from bot.playground.world.people import Person
from bot.playground.world.queries import CallbackAnswer

TWO_DAYS = 48 * 3600 * SECOND
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


class BotActions(InlineActions):
    """Sending, editing, deleting, answering, as the bot; ApiError in Telegram's words."""

    def get_chat(self, ref: int | str, access: Access = "read") -> Chat:
        """Return the chat of an id or an @name the bot knows and has this access to."""
        if ref == "":
            raise bad_request("chat_id is empty")
        chat = self._find_chat(ref)
        if chat is None or chat.hidden_from_bot:
            raise bad_request("chat not found")
        if chat.is_private:
            _check_person(chat, access)
        else:
            check_access(chat, chat.find_member(self.bot), access)
        return chat

    def get_writable_chat(self, ref: int | str) -> Chat:
        """Return a chat the bot may write to now."""
        if ref == "":
            raise bad_request("chat_id is empty")
        chat = self._find_chat(ref)
        if chat is None:
            raise self._explain_no_chat(ref)
        if chat.is_private:
            self._check_private(chat)
        else:
            self._check_gathering(chat)
        return chat

    def describe_place(self, chat: Chat | None) -> Place:
        """Return what matters to a keyboard about a chat; None is a message sent inline."""
        inline = self.settings.inline_mode
        if chat is None:
            return Place(has_inline_mode=inline)
        return Place(is_channel=chat.kind == "channel", is_private=chat.is_private, has_inline_mode=inline)

    def post(self, chat: Chat, content: Content, *, method: str = "sendMessage", **fields: Any) -> Message:
        """Put a message of the bot's into a chat."""
        return self.post_all(chat, [content], method=method, **fields)[0]

    def post_all(self, chat: Chat, contents: Sequence[Content], *, method: str, **fields: Any) -> list[Message]:
        """Put messages of the bot's into a chat, all or none of them."""
        for content in contents:
            check_length(content)
            check_permission(chat, chat.find_member(self.bot), content)
        self.floods.check(chat, self.now, len(contents), pay=self.gifts.pay if fields.pop("paid", False) else None)
        sender = None if chat.kind == "channel" else self.bot
        posted = [self.add_message(chat, content, sender=sender, is_outgoing=True, **fields) for content in contents]
        for message in posted:
            self.journal.note_sent(message.at, method, message)
        return posted

    def get_message(self, chat: Chat, message_id: int, purpose: str) -> Message:
        """Return a message of a chat, or say that the message to `purpose` was not found."""
        message = chat.find_message(message_id)
        if message is None:
            raise bad_request(f"message to {purpose} not found")
        return message

    def check_topic(self, chat: Chat, topic: int) -> None:
        """Raise ApiError unless the bot may write into a topic of a chat."""
        if topic not in chat.topics:
            raise bad_request("message thread not found")
        member = chat.find_member(self.bot)
        if topic in chat.closed_topics and not (member is not None and member.may("can_manage_topics")):
            raise bad_request("TOPIC_CLOSED")

    def open_topic(self, chat: Chat, name: str) -> tuple[int, int]:
        """Open a topic as the bot; returns its thread id and colour. Nobody tells the bot of what it does itself."""
        created = {"forum_topic_created": {"name": name, "icon_color": TOPIC_COLOR}}
        message = self.add_message(chat, Content(extra=created), sender=self.bot, is_service=True)
        chat.topics[message.id] = name
        chat.messages[message.id] = replace(message, thread_id=message.id)
        return message.id, TOPIC_COLOR

    def delete_topic(self, chat: Chat, topic: int) -> None:
        """Delete a topic with all that was written in it."""
        del chat.topics[topic]
        chat.closed_topics.discard(topic)
        for number in [each.id for each in chat.messages.values() if each.thread_id == topic]:
            del chat.messages[number]

    def get_inline_message(self, inline_id: str) -> Message:
        """Return a message sent by way of the bot."""
        message = self.inline_messages.get(inline_id)
        if message is None:
            raise bad_request("MESSAGE_ID_INVALID")
        return message

    def edit(self, message: Message, content: Content) -> Message:
        """Replace what a message of the bot's says."""
        self.check_editable(message)
        check_length(content)
        if not message.inline_id:
            self.floods.check_edit(message.chat, self.now)
        if content.equals(message.content):
            raise bad_request(NOT_MODIFIED)
        same_words = (content.text, content.entities) == (message.text, message.entities)
        return self.change_message(message, content, marks_edited=not same_words or content.photo != message.photo)

    def check_editable(self, message: Message, what: str = "message") -> None:
        """Raise ApiError, which names what cannot be edited, unless the bot may edit a message."""
        mine = message.is_outgoing or bool(message.inline_id)
        if message.chat.kind == "channel" and not mine:
            member = message.chat.find_member(self.bot)
            mine = member is not None and member.may("can_edit_messages")
        if not mine or message.is_service or message.forward_origin is not None:
            raise bad_request(f"{what} can't be edited")

    def check_deletable(self, message: Message) -> None:
        """Raise ApiError unless the bot may delete a message, which nobody lets it after two days."""
        chat, member, old = message.chat, message.chat.find_member(self.bot), message.at < self.now - TWO_DAYS
        runs = member is not None and member.may("can_delete_messages")
        own = message.is_outgoing and not message.is_service
        if chat.is_private or chat.kind == "group":
            if old or not (own or runs or chat.is_private):
                raise bad_request("message can't be deleted for everyone")
        elif old or not (own or runs) or message.id in chat.topics:
            raise bad_request("message can't be deleted")

    def delete(self, chat: Chat, message_id: int) -> None:
        """Take a message out of a chat."""
        message = self.get_message(chat, message_id, "delete")
        self.check_deletable(message)
        self.remove_message(message)

    def forward_as_bot(self, message: Message, chat: Chat, content: Content, **place: Any) -> Message:
        """Forward a message with its origin."""
        origin: Mapping[str, Any] = message.forward_origin or make_origin(message)
        fields = place | {"forward_origin": origin, "via_bot": message.via_bot}
        return self.post(chat, content, method="forwardMessage", **fields)

    def answer_callback(self, callback_id: str, answer: CallbackAnswer) -> None:
        """Answer a tap; ApiError for one that is unknown, too old or answered."""
        callback = self.callbacks.get(callback_id)
        too_late = self.now - self.settings.callback_answer_seconds * SECOND
        if callback is None or callback.answer is not None or callback.asked_at < too_late:
            raise bad_request(TOO_OLD)
        callback.answer = answer
        self.emit("callback_answered", callback.message.chat, callback.message, about=callback)

    def check_admin(self, chat: Chat, right: str, deed: str) -> None:
        """Raise ApiError, which names the deed, unless the bot holds a right in a chat."""
        member = chat.find_member(self.bot)
        if member is None or not member.may(right):
            raise bad_request(f"not enough rights to {deed}")

    def get_human(self, user_id: int) -> Person:
        """Return a person by id."""
        person = self.people.get(user_id)
        if person is None:
            raise bad_request("user not found")
        return person

    def _find_chat(self, ref: int | str) -> Chat | None:
        if isinstance(ref, int):
            return self.chats.get(ref)
        named = self.names.get(ref.removeprefix("@").lower()) if ref.startswith("@") else None
        return named if isinstance(named, Chat) else None

    def _explain_no_chat(self, ref: int | str) -> ApiError:
        person = self.people.get(ref) if isinstance(ref, int) else self.names.get(ref.removeprefix("@").lower())
        if isinstance(person, Person) and person.is_bot:
            return forbidden("the bot can't send messages to the bot")
        if isinstance(person, Person) and isinstance(ref, int):
            return forbidden("bot can't initiate conversation with a user")
        return bad_request("chat not found")

    def _check_private(self, chat: Chat) -> None:
        if chat.hidden_from_bot:
            raise bad_request("chat not found")
        if chat.get_person().deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started and chat.writable_until < self.now:
            raise forbidden("bot can't initiate conversation with a user")

    def _check_gathering(self, chat: Chat) -> None:
        member = chat.find_member(self.bot)
        check_access(chat, member, "write")
        if chat.kind == "channel" and not (member and member.may("can_post_messages")):
            raise bad_request("need administrator rights in the channel chat")


def _check_person(chat: Chat, access: Access) -> None:
    if access == "write" and chat.get_person().deactivated:
        raise forbidden("user is deactivated")


def check_length(content: Content) -> None:
    """Raise ApiError where a text is empty or too long; lengths are in code points, after parsing."""
    if content.has_media:
        if len(content.text) > MAX_CAPTION:
            raise bad_request("message caption is too long")
    elif not content.text and "poll" not in content.extra:
        raise bad_request("text must be non-empty")
    elif len(content.text) > MAX_TEXT:
        raise bad_request("message is too long")
