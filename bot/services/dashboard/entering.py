"""The way into the dashboard: a link from the chat, used once, and a session in the browser that came by it."""

from __future__ import annotations

import hashlib
import secrets

from bot.core.durations import HOUR_SECONDS
from bot.core.roles import MANAGERS, OWNERS, decide_allowed
from bot.services.members import MemberView, demand, enter, view_member
from storage.frozen import frozen
from storage.records import PersonId, Profile
from storage.role import Role
from storage.tables import people, roles, web_keys
from storage.tx import Tx
from storage.web_key import WebKeyKind

LINK_SECONDS = 600
SESSION_SECONDS = 12 * HOUR_SECONDS
"""A working day; whoever comes again asks for another link."""

TOKEN_BYTES = 32


class SessionOver(Exception):
    """Nobody looks, or nobody who may any more."""


@frozen
class DashboardLink:
    """What opens the dashboard once, for whom."""

    member: MemberView
    token: str


@frozen
class Insider:
    """Who looks."""

    member: MemberView
    role: Role

    @property
    def may_export(self) -> bool:
        """Lists hold everybody's names: they are the owners' to take away."""
        return decide_allowed(self.role, OWNERS)


def make_link(tx: Tx, *, visitor: Profile) -> DashboardLink:
    """Make a link; one that was asked for before and not used ends with it.

    Raises:
        NotAllowed: the shop's figures are not this visitor's to see.
    """
    demand(tx, visitor, MANAGERS)
    person, token = enter(tx, visitor), secrets.token_urlsafe(TOKEN_BYTES)
    web_keys.delete_links_of(tx, person.id)
    _add(tx, token, WebKeyKind.LINK, person.id, LINK_SECONDS)
    return DashboardLink(member=view_member(tx, person), token=token)


def look_at_link(tx: Tx, *, token: str) -> Insider:
    """Whose link it is; looking uses nothing up, since chats and browsers look at links by themselves.

    Raises:
        SessionOver: it was used, has expired, never was, or its maker runs the shop no longer.
    """
    return _find(tx, token, WebKeyKind.LINK)


def use_link(tx: Tx, *, token: str, former: str) -> str:
    """Use a link up for a new session, and return what the browser is to hold; what it held before ends.

    Raises:
        SessionOver: likewise.
    """
    insider, session = _find(tx, token, WebKeyKind.LINK), secrets.token_urlsafe(TOKEN_BYTES)
    if not web_keys.take(tx, _hash(token)):
        raise SessionOver
    leave(tx, session=former)
    _add(tx, session, WebKeyKind.SESSION, insider.member.id, SESSION_SECONDS)
    return session


def find_insider(tx: Tx, *, session: str) -> Insider:
    """Who looks; asked again with each request, since a role may end while a browser stays open.

    Raises:
        SessionOver: nobody who may.
    """
    return _find(tx, session, WebKeyKind.SESSION)


def leave(tx: Tx, *, session: str) -> None:
    """End a session; a link is no session."""
    if web_keys.find(tx, _hash(session), WebKeyKind.SESSION) is not None:
        web_keys.take(tx, _hash(session))


def _find(tx: Tx, token: str, kind: WebKeyKind) -> Insider:
    person_id = web_keys.find(tx, _hash(token), kind)
    if person_id is None:
        raise SessionOver
    person = people.get(tx, person_id)
    role = roles.find(tx, person.profile.telegram_id)
    if not decide_allowed(role, MANAGERS):
        raise SessionOver
    return Insider(member=view_member(tx, person), role=role)


def _add(tx: Tx, token: str, kind: WebKeyKind, person_id: PersonId, seconds: int) -> None:
    web_keys.add(tx, _hash(token), kind, person_id=person_id, expires_at=tx.now + seconds * 1_000_000)


def _hash(token: str) -> str:
    """By what a token is known."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
