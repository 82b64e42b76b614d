"""Groups and channels: making them, coming, going, and being let in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.playground.world.chats import Chat, ChatKind
from bot.playground.world.content import SECOND, Content
from bot.playground.world.humans import HumanActions
from bot.playground.world.invites import Invite
from bot.playground.world.members import ALL_RIGHTS, Member, Status
from bot.playground.world.people import Person

JOIN_REQUEST_WRITING = 300 * SECOND
"""How long, in microseconds, a bot may write to somebody who asked to join a chat it runs."""


class GatheringActions(HumanActions):
    """What humans do with groups and channels; the bot hears of it where Telegram would tell it."""

    def add_group(self, title: str, owner: Person, *, basic: bool = False, username: str = "") -> Chat:
        """Make a group; a basic one is the small old kind."""
        return self._add_gathering("group" if basic else "supergroup", title, owner, username)

    def add_channel(self, title: str, owner: Person, *, username: str = "") -> Chat:
        """Make a channel."""
        return self._add_gathering("channel", title, owner, username)

    def add_bot(self, owner: Person, chat: Chat, *, rights: Iterable[str] | None = None) -> None:
        """Put the bot into a chat, or change what it may there.

        It becomes an administrator with these rights. Without any named it becomes a plain member of a group, and an
        administrator with all rights of a channel, since a channel takes bots no other way.
        """
        if rights is None:
            rights = ALL_RIGHTS if chat.kind == "channel" else ()
        held = frozenset(rights)
        status: Status = "administrator" if held else "member"
        self.change_member(owner, chat, Member(person=self.bot, status=status, rights=held))

    def restrict_bot(self, owner: Person, chat: Chat, *, allowed: Iterable[str] = ()) -> None:
        """Let the bot do in a supergroup only what these permissions name."""
        self.change_member(owner, chat, Member(person=self.bot, status="restricted", rights=frozenset(allowed)))

    def remove_bot(self, owner: Person, chat: Chat) -> None:
        """Throw the bot out."""
        self.change_member(owner, chat, Member(person=self.bot, status="kicked"))

    def upgrade_group(self, owner: Person, chat: Chat) -> Chat:
        """Make a supergroup of a basic group: it gets another id, and the old one leads to it."""
        self.require(chat.kind == "group", "only a basic group can be upgraded")
        grown = Chat(
            id=self.next_chat_id("supergroup"), kind="supergroup", title=chat.title, members=dict(chat.members)
        )
        self.add_chat(grown)
        chat.migrated_to = grown.id
        for where, extra in ((chat, {"migrate_to_chat_id": grown.id}), (grown, {"migrate_from_chat_id": chat.id})):
            self.tell_bot(self.add_message(where, Content(extra=extra), sender=owner, is_service=True))
        return grown

    def join(self, person: Person, chat: Chat, invite: Invite | None = None) -> None:
        """Come into a group or channel, by an invite link or by its name."""
        if invite is not None:
            self.require(invite.is_open(self.now), "the invite link is used up")
            invite.joined.add(person.id)
        elif chat.joins_by_request:
            self.require(False, "the chat takes nobody without a request")  # noqa: FBT003 - says no
        self.change_member(person, chat, Member(person=person), invite=invite)

    def leave(self, person: Person, chat: Chat) -> None:
        """Go out of a group or channel."""
        self.require(chat.holds(person), f"{person.full_name} is not in {chat.title}")
        self.change_member(person, chat, Member(person=person, status="left"))

    def promote(self, owner: Person, chat: Chat, person: Person, rights: Iterable[str] = ALL_RIGHTS) -> None:
        """Make somebody an administrator."""
        self.change_member(owner, chat, Member(person=person, status="administrator", rights=frozenset(rights)))

    def ask_to_join(self, person: Person, invite: Invite) -> None:
        """Ask to be let in; the bot hears it where it may invite, and may write to the person for five minutes."""
        self.require(invite.is_open(self.now), "the invite link is used up")
        invite.asking[person.id] = person
        runs = invite.chat.find_member(self.bot)
        if runs is None or not runs.may("can_invite_users"):
            return
        self.open_chat(person).writable_until = self.now + JOIN_REQUEST_WRITING
        body = {
            "chat": invite.chat.render(),
            "from": person.render(),
            "user_chat_id": person.id,
            "date": self.now // SECOND,
            "invite_link": self.render_invite(invite),
        }
        self.notify("chat_join_request", body, ("chat_join_request", person.id))

    def change_member(
        self, actor: Person, chat: Chat, member: Member, *, invite: Invite | None = None, via_request: bool = False
    ) -> None:
        """Change what somebody is in a chat, and tell whoever is to be told."""
        old = self.set_member(chat, member)
        about_bot = member.person is self.bot
        bot = chat.find_member(self.bot)
        if about_bot or (bot is not None and bot.is_admin):
            body: dict[str, Any] = {
                "chat": chat.render(),
                "from": actor.render(),
                "date": self.now // SECOND,
                "old_chat_member": old.render(chat.kind),
                "new_chat_member": member.render(chat.kind),
            }
            if invite is not None:
                body |= {"invite_link": self.render_invite(invite), "via_join_request": via_request}
            kind = "my_chat_member" if about_bot else "chat_member"
            self.notify(kind, body, (kind, member.person.id if about_bot else actor.id))
        self._say_who_moved(actor, chat, old, member)

    def render_invite(self, invite: Invite) -> dict[str, Any]:
        """Return an invite link as the bot may see it: another's link without its second half."""
        link = invite.render()
        if invite.creator is not self.bot:
            url = invite.url
            link["invite_link"] = url[: len(url) - 8] + "..."
        return link

    def _add_gathering(self, kind: ChatKind, title: str, owner: Person, username: str) -> Chat:
        members = {owner.id: Member(person=owner, status="creator")}
        chat = Chat(id=self.next_chat_id(kind), kind=kind, title=title, username=username, members=members)
        return self.add_chat(chat)

    def _say_who_moved(self, actor: Person, chat: Chat, old: Member, new: Member) -> None:
        """Groups show who came and went; channels do not."""
        if chat.kind == "channel" or old.is_inside == new.is_inside:
            return
        person = new.person.render()
        extra = {"new_chat_members": [person]} if new.is_inside else {"left_chat_member": person}
        message = self.add_message(chat, Content(extra=extra), sender=actor, is_service=True)
        self.tell_bot(message)
