"""Invite links into groups and channels, made by the bot or by a human."""

from __future__ import annotations

from bot.playground.world.chats import Chat
from bot.playground.world.errors import bad_request
from bot.playground.world.gatherings import GatheringActions
from bot.playground.world.invites import Invite
from bot.playground.world.members import Member
from bot.playground.world.people import Person


class InviteActions(GatheringActions):
    """Making and revoking links, letting in and turning away."""

    def add_invite(
        self,
        chat: Chat,
        creator: Person,
        *,
        name: str = "",
        expires_at: int = 0,
        member_limit: int = 0,
        creates_request: bool = False,
    ) -> Invite:
        """Make a link; `expires_at` in UTC microseconds, 0 for never."""
        invite = Invite(
            url=f"https://t.me/+{self.random.getrandbits(94):020x}"[:30],
            chat=chat,
            creator=creator,
            name=name,
            expires_at=expires_at,
            member_limit=member_limit,
            creates_request=creates_request,
        )
        self.invites[invite.url] = invite
        return invite

    def get_invite(self, chat: Chat, url: str) -> Invite:
        """Return a link of a chat; ApiError if there is none."""
        invite = self.invites.get(url)
        if invite is None or invite.chat is not chat:
            raise bad_request("INVITE_HASH_EXPIRED")
        return invite

    def revoke_invite(self, invite: Invite) -> None:
        """Let nobody in by a link any more."""
        invite.is_revoked = True

    def approve_request(self, chat: Chat, person: Person, approver: Person) -> None:
        """Let somebody in who asked; ApiError if they did not."""
        invite = self._take_request(chat, person)
        invite.joined.add(person.id)
        self.change_member(approver, chat, Member(person=person), invite=invite, via_request=True)

    def decline_request(self, chat: Chat, person: Person) -> None:
        """Turn somebody away who asked; ApiError if they did not."""
        self._take_request(chat, person)

    def _take_request(self, chat: Chat, person: Person) -> Invite:
        if chat.holds(person):
            raise bad_request("USER_ALREADY_PARTICIPANT")
        for invite in self.invites.values():
            if invite.chat is chat and invite.asking.pop(person.id, None) is not None:
                return invite
        raise bad_request("HIDE_REQUESTER_MISSING")
