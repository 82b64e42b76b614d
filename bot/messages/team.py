"""Who runs the shop, and how somebody comes to."""

from __future__ import annotations

from urllib.parse import quote

from telegram import CopyTextButton, InlineKeyboardButton

from bot.core.roles import MANAGERS, TEAM_PREFIX
from bot.messages.buttons import ADMIN, TEAM, TEAM_INVITE, TEAM_PAGE, TEAM_REMOVE, TEAM_REMOVE_SURE
from bot.messages.keyboards import Row, make_button, page_row, stack, tap_row
from bot.messages.notices import Reader, Renderers, each
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts, escape, show_name, show_plain_name
from bot.services.team.notices import RoleEnded, TeamJoined, TeamLeft
from bot.services.team.team import Acceptance, Accepted, Removal, Removed, TeamLink, TeamMember, TeamView
from storage.role import Role

INVITED_ROLES = (Role.OWNER, Role.MANAGER, Role.STAFF)

PAGE_MEMBERS = 20
"""A message has at most 100 buttons (measured; the Bot API's reference does not say), and nobody scrolls through so many."""
_NAME_LIMIT = 32
_ROLES = {
    Role.OWNER: "role.owner",
    Role.MANAGER: "role.manager",
    Role.STAFF: "role.staff",
    Role.MEMBER: "role.member",
}
_MAY = {Role.OWNER: "team.may.owner", Role.MANAGER: "team.may.manager", Role.STAFF: "team.may.staff"}
_INVITE = {Role.OWNER: "team.invite.owner", Role.MANAGER: "team.invite.manager", Role.STAFF: "team.invite.staff"}
_REMOVALS = {
    Removal.DONE: "team.removed",
    Removal.GONE: "team.gone",
    Removal.SETTINGS: "team.settings",
    Removal.LAST: "team.last",
}
_ACCEPTED = {Acceptance.OVER: "team.over", Acceptance.HIGHER: "team.higher"}


def say_role(texts: Texts, role: Role) -> str:
    """What a role is called within a sentence."""
    return texts.plain(_ROLES[role])


def say_duties(texts: Texts, role: Role) -> list[Html]:
    """To whoever runs the shop: what they are here, and may do; nothing to a member."""
    if role not in _MAY:
        return []
    key = "team.duties" if role in MANAGERS else "team.duties_staff"
    return [texts.say(key, role=say_role(texts, role), may=texts.say(_MAY[role]))]


def duty_rows(texts: Texts, role: Role) -> list[Row]:
    """The way to what they run."""
    return [tap_row(texts, ADMIN)] if role in MANAGERS else []


def render_team(texts: Texts, view: TeamView, page: int = 0) -> OutgoingMessage:
    """Some of those who run the shop, and what can be done about it; a page that is no more is the last."""
    pages = max(1, -(-len(view.team) // PAGE_MEMBERS))
    page = min(page, pages - 1)
    shown = view.team[page * PAGE_MEMBERS : (page + 1) * PAGE_MEMBERS]
    text = Html("\n\n".join([texts.say("team.text"), "\n".join(_say_line(texts, each) for each in shown)]))
    removable = [_remove_row(texts, each) for each in shown if each.person_id is not None and not each.from_settings]
    turn = page_row(texts, TEAM_PAGE, page, pages)
    return OutgoingMessage(text=text, keyboard=stack(*_invite_rows(texts), *removable, turn))


def render_team_link(texts: Texts, shop: Shop, link: TeamLink) -> OutgoingMessage:
    """The link, made to be sent on as it is."""
    address = f"{shop.address}?start={TEAM_PREFIX}{link.token}"
    role, brand = say_role(texts, link.role), shop.brand(texts.language)
    draft = texts.plain("team.draft", brand=brand, role=role)
    text = texts.say("team.link", role=role, link=escape(address), may=texts.say(_MAY[link.role]))
    send = f"https://t.me/share/url?url={quote(address, safe='')}&text={quote(draft, safe='')}"
    rows = [
        [InlineKeyboardButton(texts.plain("team.send"), url=send)],
        [InlineKeyboardButton(texts.plain("button.copy"), copy_text=CopyTextButton(address))],
        tap_row(texts, TEAM),
    ]
    return OutgoingMessage(text=text, keyboard=stack(*rows))


def render_remove_ask(texts: Texts, member: TeamMember) -> OutgoingMessage:
    """Are you sure?"""
    assert member.person_id is not None
    text = texts.say("team.sure", name=_show(texts, member), role=say_role(texts, member.role))
    sure = make_button(texts, TEAM_REMOVE_SURE, member.person_id)
    return OutgoingMessage(text=text, keyboard=stack([sure], tap_row(texts, TEAM)))


def render_removed(texts: Texts, removed: Removed) -> OutgoingMessage:
    """What came of it, and who is left."""
    said = texts.say(_REMOVALS[removed.removal])
    if not removed.view.team:
        return OutgoingMessage(text=said)
    team = render_team(texts, removed.view)
    return OutgoingMessage(text=f"{said}\n\n{team.text}", keyboard=team.keyboard)


def render_accepted(texts: Texts, shop: Shop, accepted: Accepted) -> OutgoingMessage:
    """Whoever opened a link into the team is told what it has made of them."""
    role = say_role(texts, accepted.role)
    if accepted.acceptance is not Acceptance.TAKEN:
        return OutgoingMessage(text=texts.say(_ACCEPTED[accepted.acceptance], role=role))
    may = texts.say(_MAY[accepted.role])
    return OutgoingMessage(text=texts.say("team.welcome", brand=shop.brand(texts.language), role=role, may=may))


def _say_line(texts: Texts, member: TeamMember) -> Html:
    key = "team.line_settings" if member.from_settings else "team.line"
    return texts.say(key, name=_show(texts, member), role=say_role(texts, member.role))


def _show(texts: Texts, member: TeamMember) -> Html:
    if member.person_id is None:
        return texts.say("team.absent")
    return show_name(texts, member.name, limit=_NAME_LIMIT, first=True)


def _invite_rows(texts: Texts) -> list[Row]:
    return [[make_button(texts, TEAM_INVITE, str(role), label=texts.plain(_INVITE[role]))] for role in INVITED_ROLES]


def _remove_row(texts: Texts, member: TeamMember) -> Row:
    assert member.person_id is not None
    name = show_plain_name(texts, member.name, limit=_NAME_LIMIT, first=True)
    return [make_button(texts, TEAM_REMOVE, member.person_id, label=texts.plain("team.remove", name=name))]


def _render_joined(reader: Reader, notice: TeamJoined) -> OutgoingMessage:
    name, role = reader.show(notice.person, first=True), say_role(reader.texts, notice.role)
    text = reader.texts.say("team.joined", name=name, role=role)
    return OutgoingMessage(text=text, keyboard=stack(tap_row(reader.texts, TEAM)))


def _render_left(reader: Reader, notice: TeamLeft) -> OutgoingMessage:
    text = reader.texts.say("team.left", name=reader.show(notice.person, first=True))
    return OutgoingMessage(text=text, keyboard=stack(tap_row(reader.texts, TEAM)))


def _render_ended(reader: Reader, _notice: RoleEnded) -> OutgoingMessage:
    return OutgoingMessage(text=reader.texts.say("team.ended", brand=reader.shop.brand(reader.texts.language)))


NOTICES: Renderers = {TeamJoined: each(_render_joined), TeamLeft: each(_render_left), RoleEnded: each(_render_ended)}
