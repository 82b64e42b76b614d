"""Who has a phone on the page."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.playground.world import Chat, ImpossibleError, Person, World

MOST_PHONES = 12
_HUES = (25, 190, 60, 295, 0, 128, 215)
"""Colours of those who come later, in degrees of oklch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """One screen: a person's, or a channel as everybody sees it."""

    key: str
    """A plain word for addresses and tests."""
    role: str
    """Who it is, in a few words."""
    hue: int
    """The colour, in degrees of oklch."""
    person: Person | None = None
    channel: Chat | None = None

    @property
    def id(self) -> str:
        """What the page calls this phone."""
        return str(self.person.id) if self.person else "channel"

    def sees(self, chat: Chat) -> bool:
        """Whether a chat is on this phone."""
        return chat is self.channel if self.person is None else chat.holds(self.person)

    def list_chats(self, world: World) -> list[Chat]:
        """Return the chats on this phone, the one that changed last first."""
        if self.person is not None:
            return world.list_chats(self.person)
        return [self.channel] if self.channel else []


@dataclass(slots=True)
class Cast:
    """The phones in the order of the page; the channel stands last."""

    world: World
    phones: list[Phone] = field(default_factory=list)
    counter: bool = True
    """Whether the shop has something for points."""

    def give_phone(self, person: Person, *, key: str = "", role: str, hue: int | None = None) -> Phone:
        """Put a person's phone on the page, before the channel."""
        if len(self.phones) >= MOST_PHONES:
            raise ImpossibleError(f"{MOST_PHONES} phones are as many as fit")
        chosen = _HUES[len(self.phones) % len(_HUES)] if hue is None else hue
        phone = Phone(key=key or f"person-{len(self.phones)}", role=role, hue=chosen, person=person)
        place = next((at for at, one in enumerate(self.phones) if one.channel), len(self.phones))
        self.phones.insert(place, phone)
        return phone

    def show_channel(self, channel: Chat, *, key: str = "channel", role: str, hue: int) -> Phone:
        """Put a channel at the end of the page."""
        phone = Phone(key=key, role=role, hue=hue, channel=channel)
        self.phones.append(phone)
        return phone

    def get_person(self, phone_id: str) -> Person:
        """Return whose phone it is; ImpossibleError where nobody holds it."""
        for phone in self.phones:
            if phone.id == phone_id and phone.person is not None:
                return phone.person
        raise ImpossibleError("nobody holds this phone")


def name_peer(world: World, viewer: Person | None, chat: Chat) -> str:
    """Return what the page calls a chat: `bot`, `u<person id>` or `c<chat id>`."""
    if not chat.is_private:
        return f"c{chat.id}"
    others = [member.person for member in chat.members.values() if member.person is not viewer]
    if others and others[0] is world.bot:
        return "bot"
    return f"u{(others[0] if others else chat.get_person()).id}"


def find_chat(world: World, person: Person, peer: str) -> Chat:
    """Return the chat a person means by a peer; private ones come into being. ImpossibleError for a stranger."""
    if peer == "bot":
        return world.open_chat(person)
    number = int(peer[1:]) if peer[1:].lstrip("-").isdecimal() else 0
    other = world.people.get(number)
    if peer.startswith("u") and other is not None and other is not person:
        return world.open_chat(person, other)
    chat = world.chats.get(number)
    if peer.startswith("c") and chat is not None and not chat.is_private and (chat.username or chat.holds(person)):
        return chat  # what has a name is read by everybody
    raise ImpossibleError("there is no such chat on this phone")
