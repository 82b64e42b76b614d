"""A member's profile photo on their cards: looked at first, put on, followed, taken off."""

from __future__ import annotations

from dataclasses import replace

from bot.core.face import decide_look_due
from bot.core.sharing import CardVersions
from bot.services.members import MemberView, enter, view_member
from bot.services.sharing.cards import ShareView, view_card
from storage.frozen import frozen
from storage.records import PersonId, Profile
from storage.tables import cards, faces, people
from storage.tx import Tx


@frozen
class FaceView:
    """Who asks for their face, and which photos of theirs need no fetching."""

    member: MemberView
    known: frozenset[str]


def look_up_face(tx: Tx, *, visitor: Profile) -> FaceView:
    """Whose face is asked for, and which photos are kept."""
    person = enter(tx, visitor)
    known = frozenset(seen.photo_id for seen in faces.list_seen(tx, person.id))
    return FaceView(member=view_member(tx, person), known=known)


def offer_face(
    tx: Tx, *, visitor: Profile, photo_id: str, content: bytes | None, versions: CardVersions, story: str
) -> ShareView:
    """Keep a photo to be looked at, on a card that shows it; nothing else shows it yet.

    `photo_id` is Telegram's `file_unique_id`; `content` a JPEG as cards show it, None where it is kept already.
    """
    member = view_member(tx, enter(tx, visitor))
    if content is None:
        faces.note_look(tx, member.id, photo_id)
    else:
        faces.set_content(tx, member.id, photo_id, content)
    faces.keep_only(tx, member.id, photo_id, member.face)
    return view_card(tx, replace(member, face=photo_id), versions, story)


def show_face(tx: Tx, *, visitor: Profile) -> MemberView | None:
    """From now on the cards show the photo that was looked at, else the one they show; None where there is neither any more."""
    person = enter(tx, visitor)
    seen = [each.photo_id for each in faces.list_seen(tx, person.id)]
    if not seen:
        return None
    wanted = next((photo_id for photo_id in seen if photo_id != person.face), person.face)
    _put_on(tx, person.id, wanted)
    return view_member(tx, replace(person, face=wanted))


def hide_face(tx: Tx, *, visitor: Profile) -> MemberView:
    """No card shows a face of theirs, none is kept, and no picture that Telegram has is handed out again."""
    person = enter(tx, visitor)
    _take_off(tx, person.id)
    return view_member(tx, replace(person, face=""))


def find_due_look(tx: Tx, *, person_id: PersonId) -> str:
    """Which photo on a member's cards is to be looked at again; empty where none is."""
    shown = people.get(tx, person_id).face
    looked_at = {seen.photo_id: seen.looked_at for seen in faces.list_seen(tx, person_id)}
    return shown if shown and decide_look_due(looked_at.get(shown, 0), tx.now) else ""


def claim_look(tx: Tx, *, person_id: PersonId) -> str:
    """Likewise, and it counts as looked at from now on: whoever asks next finds nothing due."""
    people.lock(tx, person_id)
    due = find_due_look(tx, person_id=person_id)
    if due:
        faces.note_look(tx, person_id, due)
    return due


def follow_face(tx: Tx, *, person_id: PersonId, shown: str, photo_id: str, content: bytes | None) -> None:
    """The cards follow a member's photo, unless it is no more the one that was `shown` when Telegram was asked.

    `photo_id` is empty where there is none to be seen any more: then it goes. `content` is None where it is kept
    already, or cannot be read: then the one there is stays.
    """
    people.lock(tx, person_id)
    if people.get(tx, person_id).face != shown:
        return
    if not photo_id:
        _take_off(tx, person_id)
    elif content is not None:
        faces.set_content(tx, person_id, photo_id, content)
        _put_on(tx, person_id, photo_id)


def _put_on(tx: Tx, person_id: PersonId, photo_id: str) -> None:
    people.set_face(tx, person_id, photo_id)
    faces.keep_only(tx, person_id, photo_id)


def _take_off(tx: Tx, person_id: PersonId) -> None:
    people.set_face(tx, person_id, "")
    faces.delete_of(tx, person_id)
    cards.forget_of(tx, person_id)
