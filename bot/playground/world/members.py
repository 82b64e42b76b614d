from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from bot.playground.world.people import Person

Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]

ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
"""Rights every administrator's record names, in groups and channels alike."""

CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages", "can_manage_direct_messages")
GROUP_RIGHTS = ("can_pin_messages", "can_manage_topics", "can_manage_tags")

PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
"""What a group allows its plain members; a restricted one has `rights` among these."""

ALL_RIGHTS = frozenset((*ADMIN_RIGHTS, *CHANNEL_RIGHTS, *GROUP_RIGHTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What somebody is in a chat; replaced, never changed, so that old and new can be told."""

    person: Person
    status: Status = "member"
    rights: frozenset[str] = frozenset()
    tag: str = ""
    """What a member is called beside the name in a group."""

    @property
    def is_inside(self) -> bool:
        """Whether the person is in the chat."""
        return self.status in {"creator", "administrator", "member", "restricted"}

    @property
    def is_admin(self) -> bool:
        """Whether the person runs the chat."""
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """Whether the person holds a right; an owner holds all."""
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)

    def may_send(self, permission: str) -> bool:
        """Whether the person may send messages of a kind into a group."""
        return self.status != "restricted" or permission in self.rights

    def render(self, kind: str) -> dict[str, Any]:
        """Return the Bot API's ChatMember for a chat of this kind."""
        record: dict[str, Any] = {"status": self.status, "user": self.person.render()}
        if self.status == "creator":
            record["is_anonymous"] = False
        elif self.status == "kicked":
            record["until_date"] = 0
        elif self.status == "administrator":
            record |= self._render_rights(kind)
        elif self.status == "restricted":
            record |= {"is_member": True, "until_date": 0} | {name: name in self.rights for name in PERMISSIONS}
        if self.tag and self.status in {"member", "restricted"}:
            record["tag"] = self.tag
        return record

    def _render_rights(self, kind: str) -> dict[str, Any]:
        named = ADMIN_RIGHTS + (CHANNEL_RIGHTS if kind == "channel" else GROUP_RIGHTS)
        return {"can_be_edited": False, "is_anonymous": False} | {right: right in self.rights for right in named}
