"""A message to all while it is written: its versions, its buttons, and where its author stands in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from bot.core.broadcasts.content import (
    FIRST,
    BroadcastContent,
    LinkButton,
    Version,
    read_content,
    read_version,
    write_content,
    write_version,
)
from bot.core.durations import DAY_SECONDS
from bot.services.broadcasts.authoring import BROADCAST, BroadcastView, enter_author, find_own, view_broadcast
from bot.services.members import MemberView, view_member
from storage.broadcast import Broadcast
from storage.frozen import frozen
from storage.records import BroadcastId, BroadcastState, Person, Profile, Seq
from storage.tables import broadcasts, conversations, inbox
from storage.tx import Tx

WAIT_SECONDS = DAY_SECONDS
"""For so long the next message is taken for everybody's, and its edits are followed."""


ASKING = ("content", "version")
"""Steps at which a new message is a version; at the others only what was one is, in its edited form."""

LAST_SEQ = Seq(2**63 - 1)
MOST_LATER = 20
"""An album has at most ten."""


@frozen
class Written:
    """A message that its author has sent, as the version of a language."""

    language: str
    version: Version
    message_ids: Sequence[int]
    """Of the author's message; of an album all, in the order of its items."""


@frozen
class Place:
    """Where an author stands, as the conversation keeps it."""

    broadcast_id: BroadcastId | None = None
    language: str = FIRST
    """Of the version that the next message is."""
    message_ids: Mapping[str, str] = field(default_factory=dict)
    """Which of the author's messages is of which version; edits of them are followed."""
    shown: Sequence[int] = ()
    """What the bot has shown of it: taken away when it is shown anew."""
    album: Mapping[str, Any] = field(default_factory=dict)
    """What has come of an album so far: its `group`, and its `items` by the author's message."""

    def list_gathered(self, group: str) -> dict[int, Version]:
        """What has come of this album."""
        items = self.album.get("items", {}) if self.album.get("group") == group else {}
        return {int(number): read_version(item) for number, item in items.items()}

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Place:
        """As it was kept."""
        return cls(
            broadcast_id=BroadcastId(data["broadcast_id"]) if "broadcast_id" in data else None,
            language=data.get("language", FIRST),
            message_ids=data.get("message_ids", {}),
            shown=data.get("shown", ()),
            album=data.get("album", {}),
        )

    def write(self) -> dict[str, object]:
        """As it is kept."""
        kept: dict[str, object] = {"language": self.language, "message_ids": dict(self.message_ids)}
        kept |= {"shown": list(self.shown), "album": dict(self.album)}
        return kept if self.broadcast_id is None else {"broadcast_id": self.broadcast_id, **kept}


def compose(tx: Tx, *, visitor: Profile) -> MemberView:
    """Wait for the message itself; an earlier one that was never confirmed is dropped."""
    author = enter_author(tx, visitor)
    latest = broadcasts.find_latest(tx, author.id)
    if latest is not None:
        broadcasts.set_state(tx, latest.id, BroadcastState.CANCELLED, expected=[BroadcastState.DRAFT])
    _wait(tx, author, "content", Place())
    return view_member(tx, author)


def abandon(tx: Tx, *, visitor: Profile) -> MemberView:
    """Wait for a message no longer; what was written in this dialogue is dropped, and nothing else."""
    author = enter_author(tx, visitor)
    asked = conversations.find_in(tx, author.id, BROADCAST)
    drafted = Place.read(asked.data).broadcast_id if asked is not None else None
    if drafted is not None:
        broadcasts.set_state(tx, drafted, BroadcastState.CANCELLED, expected=[BroadcastState.DRAFT])
    conversations.leave(tx, author.id, BROADCAST)
    return view_member(tx, author)


def keep(tx: Tx, *, visitor: Profile, written: Written, shown: Sequence[int]) -> BroadcastView | None:
    """Keep a version to be confirmed, or its edited form; None when it is not waited for any more."""
    author = enter_author(tx, visitor)
    asked = conversations.find_in(tx, author.id, BROADCAST)
    if asked is None:
        return None
    place = Place.read(asked.data)
    if asked.step not in ASKING and not {str(number) for number in written.message_ids} & place.message_ids.keys():
        return None
    drafted = broadcasts.add(tx, author.id) if place.broadcast_id is None else broadcasts.get(tx, place.broadcast_id)
    if drafted.state is not BroadcastState.DRAFT:
        return None
    content = read_content(drafted.content) if drafted.content else BroadcastContent(versions={})
    versions = {**content.versions, written.language: written.version}
    broadcasts.set_content(tx, drafted.id, write_content(replace(content, versions=versions)))
    others = {number: language for number, language in place.message_ids.items() if language != written.language}
    mine = {str(number): written.language for number in written.message_ids}
    _wait(tx, author, "confirm", Place(broadcast_id=drafted.id, message_ids=others | mine, shown=shown))
    return view_broadcast(tx, visitor=visitor, broadcast_id=drafted.id)


def gather(tx: Tx, *, visitor: Profile, group: str, items: Mapping[int, Version]) -> None:
    """Keep what has come of an album, while more of it is to come."""
    author = enter_author(tx, visitor)
    asked = conversations.find_in(tx, author.id, BROADCAST)
    if asked is not None:
        album = {"group": group, "items": {str(number): write_version(item) for number, item in items.items()}}
        _wait(tx, author, asked.step, replace(Place.read(asked.data), album=album))


def has_more(tx: Tx, *, telegram_id: int, after: Seq, group: str) -> bool:
    """Whether more of an album has come behind an update."""
    later = inbox.list_open_of(tx, telegram_id, after=after, upto=LAST_SEQ, limit=MOST_LATER)
    marked = f'"media_group_id":{json.dumps(group)}'.encode()
    return any(marked in row.raw for row in later)


def note_shown(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, shown: Sequence[int]) -> None:
    """Keep what the bot shows of a draft now."""
    found = _find_draft(tx, visitor, broadcast_id)
    if found is not None:
        author, _, place = found
        _wait(tx, author, "confirm", replace(place, shown=shown, language=FIRST))


def wait_for(
    tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, step: str, language: str = FIRST
) -> BroadcastView | None:
    """Wait for a version, or for the lines of buttons; None where the broadcast is no draft any more."""
    found = _find_draft(tx, visitor, broadcast_id)
    if found is None:
        return None
    author, _, place = found
    _wait(tx, author, step, replace(place, language=language))
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def set_buttons(
    tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, buttons: Sequence[LinkButton]
) -> BroadcastView | None:
    """Put these buttons below the message, none for none."""
    return _change(tx, visitor, broadcast_id, buttons=buttons)


def set_shares(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, shares: bool) -> BroadcastView | None:
    """Ask members to pass their card on below the message, or do not."""
    return _change(tx, visitor, broadcast_id, shares=shares)


def set_counts(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, counts: bool) -> BroadcastView | None:
    """Count who opens its links, or do not."""
    return _change(tx, visitor, broadcast_id, counts=counts)


def drop_version(tx: Tx, *, visitor: Profile, broadcast_id: BroadcastId, language: str) -> BroadcastView | None:
    """Take the version of a language out; the first one stays."""
    found = _find_draft(tx, visitor, broadcast_id)
    if found is None or language == FIRST:
        return None
    author, drafted, place = found
    kept = {number: of for number, of in place.message_ids.items() if of != language}
    _wait(tx, author, "confirm", replace(place, message_ids=kept))
    versions = {of: version for of, version in read_content(drafted.content).versions.items() if of != language}
    return _change(tx, visitor, broadcast_id, versions=versions)


def find_place(tx: Tx, *, visitor: Profile) -> tuple[BroadcastView | None, Place]:
    """Where an author stands, and the draft that they stand in."""
    author = enter_author(tx, visitor)
    asked = conversations.find_in(tx, author.id, BROADCAST)
    place = Place.read(asked.data) if asked is not None else Place()
    if place.broadcast_id is None:
        return None, place
    return view_broadcast(tx, visitor=visitor, broadcast_id=place.broadcast_id), place


def _change(tx: Tx, visitor: Profile, broadcast_id: BroadcastId, **changed: Any) -> BroadcastView | None:
    found = _find_draft(tx, visitor, broadcast_id)
    if found is None:
        return None
    _, drafted, _ = found
    broadcasts.set_content(tx, broadcast_id, write_content(replace(read_content(drafted.content), **changed)))
    return view_broadcast(tx, visitor=visitor, broadcast_id=broadcast_id)


def _find_draft(tx: Tx, visitor: Profile, broadcast_id: BroadcastId) -> tuple[Person, Broadcast, Place] | None:
    """A draft of the visitor's own in which they stand; whoever has left the dialogue comes back into it."""
    found = find_own(tx, visitor, broadcast_id)
    if found is None or found.state is not BroadcastState.DRAFT:
        return None
    author = enter_author(tx, visitor)
    asked = conversations.find_in(tx, author.id, BROADCAST)
    place = Place.read(asked.data) if asked is not None else Place()
    if place.broadcast_id != broadcast_id:
        place = Place(broadcast_id=broadcast_id)
    return author, found, place


def _wait(tx: Tx, author: Person, step: str, place: Place) -> None:
    expires_at = tx.now + WAIT_SECONDS * 1_000_000
    conversations.open(tx, author.id, BROADCAST, step, place.write(), expires_at=expires_at)
