"""What a person decides about how the bot treats them."""

from __future__ import annotations

from bot.services.members import MemberView, enter, meet, view_member
from storage.records import Profile
from storage.role import Role
from storage.tables import people, roles
from storage.tx import Tx


def open_help(tx: Tx, *, visitor: Profile) -> tuple[MemberView, Role]:
    """Who asks what there is, and as what."""
    return view_member(tx, enter(tx, visitor)), roles.find(tx, visitor.telegram_id)


def choose_language(tx: Tx, *, visitor: Profile, language: str) -> MemberView:
    """Read the bot in this language from now on, whatever Telegram says."""
    people.set_language(tx, enter(tx, visitor).id, language)
    return view_member(tx, enter(tx, visitor))


def set_findable(tx: Tx, *, visitor: Profile, findable: bool) -> MemberView:
    """Be found by newcomers who type the name, or not."""
    people.set_findable(tx, enter(tx, visitor).id, findable)
    return view_member(tx, enter(tx, visitor))


def note_blocked(tx: Tx, *, visitor: Profile, blocked: bool) -> None:
    """The person has blocked the bot, or let it in again."""
    people.set_blocked(tx, meet(tx, visitor).id, blocked=blocked)
