"""Who is speaking: finding, adding and refreshing the person behind an update."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace

from bot.core.durations import DAY
from bot.core.languages import LANGUAGES, choose_language, find_language, parse_tag
from bot.core.links import CODES, Payload, compose_code, parse_own_payload, parse_payload
from bot.core.names import compose_display_name
from bot.core.roles import Roles, decide_allowed
from bot.core.spoken.own_codes import is_own, parse_own
from bot.services.campaigns import list_languages
from storage.addresses import MemberAddress
from storage.frozen import frozen
from storage.records import Person, PersonId, Profile
from storage.role import Role
from storage.tables import code_keys, directory, people
from storage.tables import roles as role_table
from storage.tx import Tx


@frozen
class MemberView:
    """A person as screens need them."""

    id: PersonId
    telegram_id: int
    name: str
    """Display name, cleaned; empty when nothing visible remains."""
    code: str
    language: str
    score: int
    balance: int
    anonymous: bool
    own_words: str = ""
    """The line kept for the card; empty where the story speaks."""
    face: str = ""
    """Which profile photo stands on the cards; empty for none."""
    tier: str = ""
    """The key of the tier, which the campaign may not name any more; empty for none."""
    spoken_code: str = ""
    """What to say on the telephone; empty where none was given yet."""
    findable: bool = True
    """Newcomers can name this member."""
    can_claim: bool = False
    """Can still say who recommended the shop; looked up for the menu alone."""
    nudges: bool = True
    """Agrees to be asked now and then to share."""
    role: Role = Role.MEMBER
    """What they are to the shop; looked up for the menu alone."""


class MustWrite(Exception):
    """A read-only unit met somebody new or changed: run it again as a write."""


def meet(tx: Tx, visitor: Profile) -> Person:
    """The person behind `visitor`, added or brought up to date where needed.

    Raises:
        MustWrite: in a read-only unit, when something would have to be written.
    """
    person = people.find_by_telegram_id(tx, visitor.telegram_id)
    if person is not None and person.profile == visitor and person.blocked_at is None and _is_fresh(person, tx.now):
        return person
    if not tx.writable:
        raise MustWrite
    if person is None:
        return people.add(tx, visitor, compose_code(secrets.randbelow(CODES), code_keys.get(tx).key))
    return _refresh(tx, person, visitor)


def enter(tx: Tx, visitor: Profile) -> Person:
    """Like `meet`, and makes a member of somebody who speaks to the bot without having started it.

    Telegram lets nobody write before START is pressed, so this is somebody whom a lost database forgot.
    """
    person = meet(tx, visitor)
    if person.is_member:
        return person
    if not tx.writable:
        raise MustWrite
    begin(tx, person)
    return replace(person, started_at=tx.now, seen_at=tx.now)


def begin(tx: Tx, person: Person) -> bool:
    """Make a member of a person, greeted in the language they read; True only for the one call that did."""
    return people.set_started(tx, person.id, compute_language(tx, person))


def _refresh(tx: Tx, person: Person, visitor: Profile) -> Person:
    if person.profile != visitor:
        people.set_profile(tx, person.id, visitor)
    if person.blocked_at is not None:
        people.set_blocked(tx, person.id, blocked=False)
    if not _is_fresh(person, tx.now):
        people.note_seen(tx, person.id)
        person = replace(person, seen_at=tx.now)
    return replace(person, profile=visitor, blocked_at=None)


def _is_fresh(person: Person, now: int) -> bool:
    """Whether it is known to a day that a member is still around; a stranger need not be remembered for it."""
    return not person.is_member or now - (person.seen_at or 0) < DAY


def find_by_link(tx: Tx, code: str) -> Person | None:
    """Whose code stands in a link: the one that everybody has, else one of their own."""
    return people.find_by_code(tx, code) or (
        directory.find_by_spoken(tx, own) if is_own(own := parse_own(code)) else None
    )


def find_owner(tx: Tx, payload: str) -> tuple[Person | None, Payload | None]:
    """Whose link it is, and what it carries, with the code that everybody has: the link itself may carry one of their own."""
    read = parse_payload(payload)
    carried = read or parse_own_payload(payload)
    owner = find_by_link(tx, carried.code) if carried is not None else None
    if owner is None or carried is None:
        return None, read
    return owner, replace(carried, code=owner.code)


def view_member(tx: Tx, person: Person) -> MemberView:
    """What screens need to know of `person`."""
    return MemberView(
        id=person.id,
        telegram_id=person.profile.telegram_id,
        name=compose_name(person.profile),
        code=person.code,
        language=compute_language(tx, person),
        score=person.score,
        balance=person.balance,
        anonymous=person.anonymous,
        own_words=person.own_words,
        face=person.face,
        tier=person.tier,
        spoken_code=person.spoken_code or "",
        findable=person.findable,
        nudges=person.nudges,
    )


def compute_language(tx: Tx, person: Person) -> str:
    """The language this person reads: chosen, else Telegram's, else one of the shop's, else English."""
    wished, telegrams = person.language, person.profile.telegram_language
    return find_language(parse_tag(wished or telegrams), LANGUAGES) or choose_language(
        wished, telegrams, shop=list_languages(tx)
    )


def find_members_language(tx: Tx, telegram_id: int) -> str | None:
    """The language of a member; None for anybody else, whom the bot does not write to."""
    person = people.find_member(tx, telegram_id)
    return compute_language(tx, person) if person is not None else None


def find_chosen_language(tx: Tx, telegram_id: int) -> str | None:
    """The language that somebody has chosen here; None where Telegram's own decides."""
    person = people.find_by_telegram_id(tx, telegram_id)
    return compute_language(tx, person) if person is not None and person.language else None


def compose_name(profile: Profile) -> str:
    """The display name of a profile, cleaned."""
    return compose_display_name(profile.first_name, profile.last_name, profile.username)


def open_home(tx: Tx, *, visitor: Profile) -> MemberView:
    """Whoever asks for a screen that needs nothing but themselves."""
    return view_member(tx, enter(tx, visitor))


class NotAllowed(Exception):
    """Somebody asked for what their role does not allow; whoever meets this says nothing of the thing itself."""


def may(tx: Tx, *, telegram_id: int, roles: Roles) -> bool:
    """Whether somebody may do what is open to these roles."""
    return decide_allowed(role_table.find(tx, telegram_id), roles)


def demand(tx: Tx, visitor: Profile, roles: Roles) -> None:
    """Go on only with somebody of these roles: asked again here, since a role may end while its buttons stay.

    Raises:
        NotAllowed: this is somebody else.
    """
    if not may(tx, telegram_id=visitor.telegram_id, roles=roles):
        raise NotAllowed(f"Telegram id {visitor.telegram_id} has no such role")


def note_owners(tx: Tx, *, telegram_ids: Collection[int]) -> None:
    """The settings' owners, as they are from this start on."""
    role_table.set_owners(tx, telegram_ids)


def list_team(tx: Tx) -> dict[int, Role]:
    """Those who run the shop and have started the bot, so that their chats can be written to."""
    return {each: role for each, role in role_table.list_all(tx).items() if people.find_member(tx, each) is not None}


def list_chats(tx: Tx, among: Roles) -> list[MemberAddress]:
    """The chats of those of the team who have one of these roles."""
    found = [people.find_by_telegram_id(tx, each) for each, role in list_team(tx).items() if role in among]
    return [MemberAddress(person.id) for person in found if person is not None]
