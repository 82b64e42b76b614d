"""The team tells members apart by labels, and gives those who have one a code of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar

from bot.core.labels import (
    LABELS_EACH,
    LABELS_LISTED,
    Labelling,
    list_named,
    list_spellings,
    parse_labelling,
)
from bot.core.links import Addresses
from bot.core.roles import MANAGERS
from bot.core.spoken.own_codes import Unsuitable, parse_own
from bot.services.audit import Act
from bot.services.campaigns import get_terms
from bot.services.looking_up import LookUpView, look_up
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from bot.services.notices import Notice, owe
from bot.services.spoken import decide_suitable
from storage.addresses import MemberAddress
from storage.frozen import frozen
from storage.records import Person, PersonId, Profile
from storage.tables import audit, conversations, directory, labels, people
from storage.tx import Tx

NAMING, CODING = "label", "own_code"
"""The dialogues that ask for a new label, and for a code."""

SHOWN = 20
"""Members of a label that are listed."""


@frozen
class CodeGiven(Notice):
    """To the member: the shop has given them a code of their own."""

    kind: ClassVar[str] = "code_given"
    code: str


@frozen
class LabelsView:
    """A member's labels, as who runs the shop sees them."""

    member: MemberView
    """Who looks."""
    person_id: PersonId
    name: str = ""
    """Whose they are."""
    code: str = ""
    """What they say on the telephone, where it was chosen."""
    own: Sequence[str] = ()
    known: Sequence[str] = ()
    """What can be given with a tap: what rules ask for or give, and what others have."""
    outcome: Labelling = Labelling.DONE
    refused: Unsuitable | None = None
    """Why a code is not theirs."""


@frozen
class LabelList:
    """All labels, or the members of one."""

    member: MemberView
    label: str = ""
    """Whose members are listed; empty for all labels."""
    counts: Mapping[str, int] = field(default_factory=dict)
    people: Mapping[PersonId, str] = field(default_factory=dict)


def list_labels(tx: Tx, *, visitor: Profile, label: str = "") -> LabelList:
    """How many have which label; those that rules name are listed though nobody has them.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    member = view_member(tx, enter(tx, visitor))
    asked = dict.fromkeys(list_named(get_terms(tx).campaign.rewards), 0)
    found = people.list_by_ids(tx, labels.list_with(tx, label, limit=SHOWN)) if label else {}
    return LabelList(
        member=member,
        label=label,
        counts=asked | labels.count_each(tx, limit=LABELS_LISTED),
        people={person_id: compose_name(found[person_id].profile) for person_id in sorted(found)},
    )


def view_labels(tx: Tx, *, visitor: Profile, person_id: PersonId) -> LabelsView:
    """What a member is called.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    return _view(tx, enter(tx, visitor), person_id)


def set_label(tx: Tx, *, visitor: Profile, person_id: PersonId, label: str, given: bool) -> LabelsView:
    """Give a member a label, or take it away; written down with who did it.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    me = enter(tx, visitor)
    conversations.leave(tx, me.id, NAMING)
    people.lock(tx, person_id)
    person = _find(tx, person_id)
    if person is None:
        return _view(tx, me, person_id)
    if given and len(own := labels.list_of(tx, person_id)) >= LABELS_EACH and label not in own:
        return _view(tx, me, person_id, outcome=Labelling.MANY)
    changed = labels.add(tx, person_id, label) if given else labels.remove(tx, person_id, label)
    if changed:
        act = Act.LABELLED if given else Act.UNLABELLED
        audit.add(tx, actor_id=me.id, act=act, subject="", person_id=person_id, after=label)
    return _view(tx, me, person_id, outcome=Labelling.DONE if changed else Labelling.KNOWN)


def label_asked(tx: Tx, *, visitor: Profile, data: Mapping[str, Any]) -> LabelsView:
    """Give the label that a dialogue has come to.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    return set_label(tx, visitor=visitor, person_id=PersonId(data["person"]), label=str(data["label"]), given=True)


def label_typed(tx: Tx, *, visitor: Profile, text: str, addresses: Addresses) -> LookUpView | LabelsView:
    """`@anna ambassador`: whoever is meant is labelled; who else it may be, where that is not clear.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    order = parse_labelling(text)
    found = look_up(tx, visitor=visitor, text=order[0] if order else text, telegram_id=None, addresses=addresses)
    if found.found is None:
        return found
    person_id = found.found.member.id
    if order is None:
        return _view(tx, enter(tx, visitor), person_id)
    return set_label(tx, visitor=visitor, person_id=person_id, label=order[1], given=order[2])


def give_code(tx: Tx, *, visitor: Profile, person_id: PersonId, text: str, shop_names: Iterable[str]) -> LabelsView:
    """Give a labelled member a code of their own; it leads to them from then on, and so do those they had.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    me, code = enter(tx, visitor), parse_own(text)
    people.lock(tx, person_id)
    person = _find(tx, person_id)
    if person is None or not labels.list_of(tx, person_id):
        conversations.leave(tx, me.id, CODING)
        return _view(tx, me, person_id)
    refused = decide_suitable(code, shop_names) or _find_alike(tx, person_id, code)
    if refused is None and not people.set_spoken(tx, person_id, code, chosen=True):
        refused = Unsuitable.TAKEN
    if refused is not None:
        return _view(tx, me, person_id, refused=refused)
    conversations.leave(tx, me.id, CODING)
    before = person.spoken_code or ""
    if before != code:
        audit.add(
            tx, actor_id=me.id, act=Act.CODE_GIVEN, subject="", person_id=person_id, before=before, after=code.upper()
        )
        owe(tx, MemberAddress(person_id), CodeGiven(code=code), key=f"{person_id}:{code}:{tx.now}")
    return _view(tx, me, person_id)


def _find_alike(tx: Tx, person_id: PersonId, code: str) -> Unsuitable | None:
    """A code that is read like somebody else's would send friends to the wrong one."""
    holder = directory.find_by_spoken(tx, code)
    if holder is not None:
        return Unsuitable.TAKEN if holder.id != person_id else None
    owners = directory.list_spoken_owners(tx, list_spellings(code))
    return Unsuitable.ALIKE if any(owner != person_id for owner in owners) else None


def _find(tx: Tx, person_id: PersonId) -> Person | None:
    person = people.list_by_ids(tx, [person_id]).get(person_id)
    return person if person is not None and person.is_member else None


def _view(
    tx: Tx,
    me: Person,
    person_id: PersonId,
    *,
    outcome: Labelling = Labelling.DONE,
    refused: Unsuitable | None = None,
) -> LabelsView:
    member, person = view_member(tx, me), _find(tx, person_id)
    if person is None:
        return LabelsView(member=member, person_id=person_id, outcome=Labelling.NOBODY)
    asked = list_named(get_terms(tx).campaign.rewards)
    return LabelsView(
        member=member,
        person_id=person_id,
        name=compose_name(person.profile),
        code=(person.spoken_code or "") if person.spoken_chosen else "",
        own=labels.list_of(tx, person_id),
        known=list(dict.fromkeys([*asked, *labels.count_each(tx, limit=LABELS_LISTED)])),
        outcome=outcome,
        refused=refused,
    )
