"""What a human can do with an app in their hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.playground.world.buttons import Button, keep_links
from bot.playground.world.chats import TOPIC_COLOR, Chat, Message
from bot.playground.world.content import SECOND, Content
from bot.playground.world.documents import take_document
from bot.playground.world.entities import MAX_CAPTION, MAX_TEXT, finish, read_formatted
from bot.playground.world.errors import ApiError, ImpossibleError
from bot.playground.world.members import Member, Status
from bot.playground.world.people import Person
from bot.playground.world.photos import take_photo, take_profile_photo
from bot.playground.world.queries import Callback
from bot.playground.world.state import State
from bot.playground.world.taps import Tap


class HumanActions(State):
    """Writing, tapping, forwarding, blocking."""

    def add_person(
        self,
        first_name: str,
        *,
        username: str = "",
        language_code: str = "en",
        person_id: int = 0,
        **more: Any,
    ) -> Person:
        """Give somebody an account; `more` are other fields of Person."""
        person = Person(
            id=person_id or self.next_person_id(),
            first_name=first_name,
            username=username,
            language_code=language_code,
            **more,
        )
        self.people[person.id] = person
        if username:
            self.names[username.lower()] = person
        return person

    def set_profile_photo(self, person: Person, data: bytes) -> None:
        """Show a picture as one's photo; what was shown before stays behind it."""
        person.photos.insert(0, take_profile_photo(self.files, data))

    def open_chat(self, person: Person, other: Person | None = None) -> Chat:
        """Return the private chat with the bot, or with another human; opening it tells nobody."""
        other = other or self.bot
        if chat := self.find_direct_chat(person, other):
            return chat
        with_bot = other is self.bot
        members = {who.id: Member(person=who) for who in (person, other)}
        chat_id = person.id if with_bot else self.next_chat_id("private")
        return self.add_chat(Chat(id=chat_id, kind="private", members=members, hidden_from_bot=not with_bot))

    def press_start(self, person: Person, payload: str = "") -> Message:
        """Press START in the bot's chat, which is RESTART after blocking."""
        chat = self.open_chat(person)
        if chat.blocked:
            self.unblock(person)
        return self.send_text(person, chat, f"/start {payload}".strip())

    def send_text(
        self, person: Person, chat: Chat, text: str, *, reply_to: Message | None = None, topic: int = 0
    ) -> Message:
        """Write into a chat, where it has topics into one of them."""
        self.require(not topic or topic in chat.topics, "there is no such topic")
        formatted = finish(text, ())
        self.require(formatted.text, "an app sends no empty text")
        self.require(len(formatted.text) <= MAX_TEXT, f"an app splits a text above {MAX_TEXT} characters")
        content = Content(text=formatted.text, entities=formatted.entities)
        return self.say(person, chat, content, reply_to=reply_to, **({"thread_id": topic} if topic else {}))

    def send_formatted(self, person: Person, chat: Chat, html: str) -> Message:
        """Write a text with formatting, given as Telegram's HTML."""
        formatted = self.resolve_mentions(read_formatted(html, "HTML", None))
        return self.say(person, chat, Content(text=formatted.text, entities=formatted.entities))

    def send_photo(self, person: Person, chat: Chat, picture: bytes, caption: str = "", *, topic: int = 0) -> Message:
        """Send a picture with a caption, given as Telegram's HTML."""
        formatted = self.resolve_mentions(read_formatted(caption, "HTML", None))
        self.require(len(formatted.text) <= MAX_CAPTION, f"an app takes no caption above {MAX_CAPTION} characters")
        photo = take_photo(self.files, picture)
        content = Content(text=formatted.text, entities=formatted.entities, photo=photo)
        return self.say(person, chat, content, **({"thread_id": topic} if topic else {}))

    def send_document(
        self, person: Person, chat: Chat, data: bytes, name: str = "file.bin", caption: str = "", *, topic: int = 0
    ) -> Message:
        """Send a file as it is, with a plain caption."""
        content = Content(text=caption, document=take_document(self.files, data, name))
        return self.say(person, chat, content, **({"thread_id": topic} if topic else {}))

    def say(self, person: Person, chat: Chat, content: Content, **fields: Any) -> Message:
        """Put any content into a chat as a human; a channel's admin speaks as the channel."""
        self._check_may_write(person, chat)
        is_channel = chat.kind == "channel"
        message = self.add_message(chat, content, sender=None if is_channel else person, **fields)
        if chat.is_private and not chat.hidden_from_bot:
            chat.started = True
        self.tell_bot(message)
        return message

    def edit_text(self, person: Person, message: Message, text: str) -> Message:
        """Correct one's own message."""
        self.require(message.sender is person, "only one's own messages can be corrected")
        formatted = finish(text, ())
        content = Content(text=formatted.text, entities=formatted.entities, photo=message.photo)
        edited = self.change_message(message, content)
        self.tell_bot(edited, prefix="edited_")
        return edited

    def tap(self, person: Person, message: Message, button: Button | str) -> Tap:
        """Tap a button (or the one whose label contains the words); the tap says what it led to."""
        current = message.chat.messages.get(message.id)
        if current is None:
            raise ImpossibleError("the message is gone")
        chosen = current.get_button(button) if isinstance(button, str) else button
        self.require(chosen in current.buttons, "the button is gone")
        if chosen.action == "callback_data":
            return Tap("callback", callback=self._call_back(person, current, chosen.value))
        return Tap.from_button(chosen)

    def forge_tap(self, person: Person, message: Message, data: str) -> Callback:
        """Send data that no button of a message need carry, as a changed app can."""
        return self._call_back(person, message, data)

    def tap_forgotten(self, person: Person, chat: Chat, message_id: int, data: str) -> Callback:
        """Tap under a message that the phone still shows and the server has given up: it comes without its words."""
        chat.forgotten.add(message_id)
        kept = chat.messages.get(message_id)
        return self._call_back(person, kept or Message(chat=chat, id=message_id, at=0, content=Content()), data)

    def add_topic(self, person: Person, chat: Chat, name: str) -> int:
        """Open a topic in a supergroup, or in the private chat with the bot; returns its thread id."""
        self.require(chat.kind == "supergroup" or self.settings.private_topics, "this chat takes no topics")
        created = {"forum_topic_created": {"name": name, "icon_color": TOPIC_COLOR}}
        message = self.add_message(chat, Content(extra=created), sender=person, is_service=True)
        chat.topics[message.id] = name
        chat.messages[message.id] = opened = replace(message, thread_id=message.id)
        self.tell_bot(opened)
        return message.id

    def close_topic(self, chat: Chat, topic: int) -> None:
        """Let nobody but administrators write into a topic any more."""
        chat.closed_topics.add(topic)

    def forward(self, person: Person, message: Message, to_chat: Chat) -> Message:
        """Forward a message as it is; of its buttons only links survive."""
        self.require(message.id in message.chat.messages, "the message is gone")
        content = message.content
        self.require(not message.is_protected, "a protected message cannot be forwarded")
        kept = Content(
            text=content.text,
            entities=content.entities,
            photo=content.photo,
            document=content.document,
            keyboard=keep_links(content.keyboard),
        )
        origin = message.forward_origin or make_origin(message)
        return self.say(person, to_chat, kept, forward_origin=origin, via_bot=message.via_bot)

    def pin(self, person: Person, message: Message) -> Message:
        """Pin a message; the chat says so, and what is pinned may be out of the bot's reach."""
        self._check_may_write(person, message.chat)
        return self.add_pin(message, person)

    def delete_own(self, person: Person, message: Message) -> None:
        """Take back one's own message; bots do not hear of it."""
        self.require(message.sender is person or message.chat.is_private, "only one's own messages can be taken back")
        self.remove_message(message)

    def react(self, person: Person, message: Message, emoji: str) -> None:
        """Put an emoji on a message, or take it away with an empty one."""
        new = [{"type": "emoji", "emoji": emoji}] if emoji else []
        self.emit("reaction", message.chat, message, about=(person, emoji))
        member = message.chat.find_member(self.bot)
        if self.bot_sees(message.chat) and member and (member.is_admin or message.chat.is_private):
            body = {
                "chat": message.chat.render(),
                "message_id": message.id,
                "user": person.render(),
                "date": self.now // SECOND,
                "old_reaction": [],
                "new_reaction": new,
            }
            self.notify("message_reaction", body, ("message_reaction", message.chat.id))

    def block(self, person: Person) -> None:
        """Block the bot: it can write no more, and is told."""
        self._set_blocked(person, blocked=True)

    def unblock(self, person: Person) -> None:
        """Let the bot write again; it is told."""
        self._set_blocked(person, blocked=False)

    def rename(self, person: Person, first_name: str, last_name: str = "", username: str = "") -> None:
        """Change a person's names; bots see it at the next message."""
        person.first_name, person.last_name, person.username = first_name, last_name, username
        if username:
            self.names[username.lower()] = person

    def add_pin(self, message: Message, actor: Person) -> Message:
        """Pin a message and say so in the chat, as the bot hears even of its own pins."""
        chat = message.chat
        chat.pinned_id = message.id
        self.emit("pinned", chat, message)
        reachable = chat.find_message(message.id)
        pinned = reachable.render(with_reply=False) if reachable else message.render_inaccessible()
        sender = None if chat.kind == "channel" else actor
        said = self.add_message(chat, Content(extra={"pinned_message": pinned}), sender=sender, is_service=True)
        self.tell_bot(said)
        return said

    def tell_bot(self, message: Message, *, prefix: str = "") -> None:
        """Queue the update of a message, if the bot gets to see it."""
        chat = message.chat
        if not self.bot_sees(chat) or not self._bot_reads(message):
            return
        kind = "channel_post" if chat.kind == "channel" else "message"
        self.notify(prefix + kind, message.render(), ("message", chat.id))

    def _bot_reads(self, message: Message) -> bool:
        """A bot in a group reads only what concerns it, unless it runs the group or was set to read all."""
        chat = message.chat
        if chat.is_private or message.is_service or self.settings.reads_all_group_messages:
            return True
        member = chat.members[self.bot.id]
        if member.is_admin or chat.kind == "channel":
            return member.is_admin
        answers_bot = message.reply_to is not None and message.reply_to.sender is self.bot
        return self._commands_bot(message) or answers_bot or message.via_bot is self.bot

    def _commands_bot(self, message: Message) -> bool:
        """A command for all bots of a group, or for this one by name; another bot's is not ours to read."""
        if not message.text.startswith("/"):
            return False
        _, at, name = message.text.split(maxsplit=1)[0].partition("@")
        return not at or name.lower() == self.bot.username.lower()

    def _check_may_write(self, person: Person, chat: Chat) -> None:
        self.require(chat.holds(person), f"{person.full_name} is not in {chat.title or 'the chat'}")
        self.require(not chat.blocked, f"{person.full_name} has blocked the bot")
        if chat.kind == "channel":
            self.require(chat.members[person.id].may("can_post_messages"), "only admins post in a channel")

    def _call_back(self, person: Person, message: Message, data: str) -> Callback:
        self.require(message.chat.holds(person), f"{person.full_name} is not in the chat")
        self.require(not message.chat.blocked, f"{person.full_name} has blocked the bot")
        callback = Callback(id=self.make_id(), person=person, message=message, data=data, asked_at=self.now)
        self.callbacks[callback.id] = callback
        self.emit("callback", message.chat, message, about=callback)
        self.notify("callback_query", self._render_callback(callback), ("callback_query", person.id))
        return callback

    def _render_callback(self, callback: Callback) -> dict[str, Any]:
        message = callback.message
        body: dict[str, Any] = {"id": callback.id, "from": callback.person.render(), "data": callback.data}
        if message.inline_id:
            body["inline_message_id"] = message.inline_id
        elif message.id in message.chat.forgotten:
            body["message"] = message.render_inaccessible()
        else:
            body["message"] = message.render()
        return body | {"chat_instance": str(abs(message.chat.id) * 7919)}

    def _set_blocked(self, person: Person, *, blocked: bool) -> None:
        chat = self.open_chat(person)
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        states: tuple[Status, Status] = ("member", "kicked") if blocked else ("kicked", "member")
        self.emit("members", chat, about=person)
        body = {
            "chat": chat.render(),
            "from": person.render(),
            "date": self.now // SECOND,
            "old_chat_member": Member(person=self.bot, status=states[0]).render("private"),
            "new_chat_member": Member(person=self.bot, status=states[1]).render("private"),
        }
        self.notify("my_chat_member", body, ("my_chat_member", person.id))


def make_origin(message: Message) -> Mapping[str, Any]:
    """Return the MessageOrigin of a message that is forwarded for the first time."""
    date = message.at // SECOND
    if message.sender is None:
        return {"type": "channel", "date": date, "chat": message.chat.render(), "message_id": message.id}
    if message.sender.hides_forwards:
        return {"type": "hidden_user", "date": date, "sender_user_name": message.sender.full_name}
    return {"type": "user", "date": date, "sender_user": message.sender.render()}


__all__ = ["ApiError", "HumanActions", "make_origin"]
