"""The chats of the shop: where what is addressed to a role goes."""

from __future__ import annotations

from collections.abc import Collection

from bot.services.community.warning import (
    find_chat_number,
    find_moved,
    note_chat_number,
    note_moved,
    note_posting,
)
from storage.addresses import ChatRole
from storage.store import Store


class ShopChats:
    """Where what is addressed to a role goes: as the shop names it, or as Telegram has moved it since.

    Args:
        store: Remembers over a restart what became of a group.
        announce: The announce chat's number or @name, as the shop has it; None where joins are not announced.
        vault: The vault's, as the settings have it; None where the shop has none.
        staff: The group's where the team answers tickets; likewise.
        admin_ids: Who is told of a chat's trouble, by Telegram id.
    """

    def __init__(
        self,
        store: Store,
        announce: int | str | None = None,
        *,
        vault: int | str | None = None,
        staff: int | str | None = None,
        admin_ids: Collection[int] = (),
    ) -> None:
        self._store = store
        self._named = {ChatRole.ANNOUNCE: announce, ChatRole.VAULT: vault, ChatRole.STAFF: staff}
        self._moved: dict[ChatRole, int] = {}
        self._works: dict[ChatRole, bool] = {}
        self._admin_ids = admin_ids

    def set(self, role: ChatRole, named: int | str | None) -> None:
        """The shop names this chat from now on."""
        if self._named.get(role) != named:
            self._named[role] = named
            self._moved.pop(role, None)
            self._works.pop(role, None)

    async def find(self, role: ChatRole) -> int | str | None:
        """The chat with this role; None where the shop has none."""
        named = self._named.get(role)
        if named is not None and role not in self._moved:
            known = (
                await self._store.read(find_moved, chat=named)
                if isinstance(named, int)
                else await self._store.read(find_chat_number, role=role, chat=named)
            )
            if known is not None:
                self._moved[role] = known
        return self._moved.get(role, named)

    def name(self, role: ChatRole) -> str | None:
        """The chat's @name, where the settings have that; its number stays where the name may be somebody else's one day."""
        named = self._named.get(role)
        return named if isinstance(named, str) else None

    async def learn(self, role: ChatRole, number: int) -> None:
        """The chat's name leads to this number now."""
        named = self.name(role)
        if named is not None:
            self._moved[role] = await self._store.write(
                note_chat_number, role=role, chat=named, number=number, admin_ids=self._admin_ids
            )

    async def note(self, role: ChatRole, *, works: bool) -> int:
        """Note whether the chat takes what is sent there, as far as that is news; where it does not, the moment."""
        named = self._named.get(role)
        if named is None or (works and self._works.get(role)):
            return 0
        self._works[role] = works
        return await self._store.write(note_posting, role=role, chat=named, works=works, admin_ids=self._admin_ids)

    async def move(self, role: ChatRole, new_id: int) -> None:
        """The group became a supergroup: address it by its new number until the settings do."""
        old = self._named.get(role)
        if isinstance(old, int):
            await self._store.write(note_moved, old_id=old, new_id=new_id, title="", admin_ids=self._admin_ids)
        self._moved[role] = new_id
