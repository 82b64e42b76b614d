"""Queues: entered at their end, moved by friends who come and go, let in from their front; exact for however many at once.

Whoever moves anybody locks the queue, late in their unit. Who stands in front is kept by chunks of the line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from bot.core.campaigns.waitlist import LET_IN_LIMIT, Waitlist
from bot.core.rewards.rules import Grant
from bot.core.roles import MANAGERS
from bot.core.waiting import BESIDE, CHUNK_BITS, GAP, decide_key, find_chunk, spread
from bot.services.audit import Act
from bot.services.campaigns import Terms, get_terms
from bot.services.members import MemberView, demand, enter, view_member
from bot.services.notices import owe
from bot.services.rewards.giving import Cause, give, tell
from bot.services.rewards.room import find_day, find_midnight
from bot.services.waiting.notices import LetIn, QueueEntered
from storage.addresses import MemberAddress
from storage.campaign import CampaignState
from storage.facts import EventKind
from storage.frozen import frozen
from storage.records import CampaignId, PersonId, Profile, Referral, Side, VersionId
from storage.tables import audit, boards, campaigns, events, people, shops, waitlists
from storage.tables.campaigns import CampaignRow
from storage.tables.waitlists import PlaceRow
from storage.tx import Tx


@frozen
class QueuePlace:
    """Where a member stands in the queue of the main campaign."""

    jump: int = 0
    """How many places a friend moves them ahead; 0 where the campaign is no queue."""
    place: int = 0
    """From 1; 0 for who does not wait."""
    length: int = 0
    let_in: bool = False


@frozen
class QueueView:
    """A queue as who runs the shop sees it."""

    member: MemberView
    open: bool = False
    """Whether the main campaign is a queue."""
    length: int = 0
    let_in: int = 0
    """How many were let in so far."""
    jump: int = 0
    count: int = 0
    """How many are to be let in, or were just now."""
    on: str = ""
    """The day on which some are let in by themselves."""
    by_itself: int = 0
    stale: bool = False
    """Others were let in since that was asked: nobody was let in now."""


def join_queue(tx: Tx, person_id: PersonId, terms: Terms, *, told: bool = True) -> None:
    """Put a member at the end of their campaign's queue, once."""
    if terms.campaign.waitlist is None:
        return
    campaign_id = boards.get_campaign_id(tx, terms.version_id)
    head, last = waitlists.lock(tx, campaign_id), waitlists.find_last(tx, campaign_id)
    key = 0 if last is None else last + GAP
    if not waitlists.add(tx, campaign_id, person_id, key):
        return
    waitlists.count_in(tx, campaign_id, more=1)
    waitlists.count_chunks(tx, campaign_id, {find_chunk(key): 1})
    if told:
        notice = QueueEntered(place=head.length + 1, jump=terms.campaign.waitlist.jump)
        owe(tx, MemberAddress(person_id), notice, key=f"{campaign_id}:{person_id}")


def advance(tx: Tx, referral: Referral, terms: Terms) -> int:
    """A friend has come who counts: whoever brought them moves ahead; returns the place, 0 for who does not wait."""
    if terms.campaign.waitlist is None:
        return 0
    campaign_id = boards.get_campaign_id(tx, terms.version_id)
    waitlists.lock(tx, campaign_id)
    row = waitlists.find(tx, campaign_id, referral.inviter_id)
    if row is None or row.rank_key is None:
        return 0
    places = _move(tx, row, terms.campaign.waitlist.jump, ahead=True)
    if places:
        waitlists.add_jump(tx, referral.id, campaign_id, places)
    return _find_place(tx, waitlists.find(tx, campaign_id, referral.inviter_id))


def retreat(tx: Tx, referral: Referral, terms: Terms) -> None:
    """A friend does not count any more: whoever brought them goes back as far as the friend had moved them."""
    moved = waitlists.take_jump(tx, referral.id) if terms.campaign.waitlist is not None else None
    if moved is None:
        return
    campaign_id, places = moved
    waitlists.lock(tx, campaign_id)
    row = waitlists.find(tx, campaign_id, referral.inviter_id)
    if row is not None and row.rank_key is not None:
        _move(tx, row, places, ahead=False)


def view_place(tx: Tx, person_id: PersonId) -> QueuePlace:
    """Where a member stands in the main campaign's queue."""
    terms = get_terms(tx)
    if terms.campaign.waitlist is None:
        return QueuePlace()
    campaign_id = boards.get_campaign_id(tx, terms.version_id)
    row = waitlists.find(tx, campaign_id, person_id)
    return QueuePlace(
        jump=terms.campaign.waitlist.jump,
        place=_find_place(tx, row),
        length=waitlists.find_head(tx, campaign_id).length,
        let_in=row is not None and row.rank_key is None,
    )


def queue_up(tx: Tx, *, visitor: Profile) -> MemberView:
    """A member who was there before the queue takes a place in it."""
    me = enter(tx, visitor)
    join_queue(tx, me.id, get_terms(tx), told=False)
    return view_member(tx, me)


def view_queue(tx: Tx, *, visitor: Profile, count: int = 0) -> QueueView:
    """How long the queue is.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    return _view(tx, view_member(tx, enter(tx, visitor)), count=count)


def let_in(tx: Tx, *, visitor: Profile, count: int, before: int) -> QueueView:
    """Let the first of the queue in, written down with who did it; a second tap on the same question lets in nobody.

    Args:
        tx: The transaction.
        visitor: Who runs the shop.
        count: How many.
        before: How many had been let in when that was asked.

    Raises:
        NotAllowed: this is somebody else.
    """
    demand(tx, visitor, MANAGERS)
    me, terms = enter(tx, visitor), get_terms(tx)
    member = view_member(tx, me)
    if terms.campaign.waitlist is None:
        return _view(tx, member)
    campaign_id = boards.get_campaign_id(tx, terms.version_id)
    if waitlists.lock(tx, campaign_id).let_in != before:
        return _view(tx, member, stale=True)
    done = _let_in(tx, campaign_id, count)
    audit.add(tx, actor_id=me.id, act=Act.LET_IN, subject=terms.campaign.slug, after=str(done))
    return _view(tx, member, count=done)


def opens_today(tx: Tx) -> bool:
    """Whether a campaign's day has come that lets some in by themselves."""
    return any(waitlists.find_head(tx, campaign.id).opened_on != waitlist.on for campaign, waitlist in _list_doors(tx))


def open_doors(tx: Tx) -> None:
    """Let in whom a campaign's day lets in by themselves, once for each day it names."""
    for campaign, waitlist in _list_doors(tx):
        if waitlists.lock(tx, campaign.id).opened_on != waitlist.on:
            waitlists.set_opened(tx, campaign.id, waitlist.on)
            done = _let_in(tx, campaign.id, waitlist.let_in)
            audit.add(tx, actor_id=None, act=Act.LET_IN, subject=campaign.slug, after=str(done))


def find_next_door(tx: Tx) -> int | None:
    """When the next day begins that lets some in by themselves, UTC microseconds."""
    today = find_day(tx)
    days = [waitlist.on for _, waitlist in _list_waitlists(tx) if waitlist.on > today]
    return find_midnight(tx, date.fromisoformat(min(days))) if days else None


def _list_doors(tx: Tx) -> list[tuple[CampaignRow, Waitlist]]:
    """Campaigns whose day is today or was."""
    today = find_day(tx)
    return [(row, waitlist) for row, waitlist in _list_waitlists(tx) if waitlist.on <= today]


def _list_waitlists(tx: Tx) -> list[tuple[CampaignRow, Waitlist]]:
    """Running campaigns in which a day lets some in."""
    found = []
    for row in campaigns.list_all(tx):
        written = row.version_id is not None and bool(row.digest) and row.state is CampaignState.RUNNING
        waitlist = get_terms(tx, row.version_id).campaign.waitlist if written else None
        if waitlist is not None and waitlist.on:
            found.append((row, waitlist))
    return found


def list_owed(tx: Tx, *, limit: int) -> list[PlaceRow]:
    """Who was let in and has not been told."""
    return waitlists.list_owed(tx, limit)


def welcome(tx: Tx, owed: Sequence[PlaceRow]) -> None:
    """Give what being let in gives, and tell, once."""
    for row in owed:
        if waitlists.settle(tx, row) and people.get(tx, row.person_id).is_member:
            _welcome(tx, row)


def _welcome(tx: Tx, row: PlaceRow) -> None:
    version_id = _find_version(tx, row.campaign_id)
    key = f"{EventKind.LET_IN}:{row.campaign_id}:{row.person_id}"
    event_id = events.add_fact(tx, EventKind.LET_IN, row.person_id, key=key, version_id=version_id)
    if event_id is None:
        return
    owe(tx, MemberAddress(row.person_id), LetIn(), key=f"{row.campaign_id}:{row.person_id}")
    waitlist = get_terms(tx, version_id).campaign.waitlist
    rule = waitlist.rule if waitlist is not None else None
    if rule is not None:
        grant = Grant(rule=rule, side=Side.INVITER, person_id=row.person_id, give=rule.give)
        given = give(tx, Cause(event_id=event_id, version_id=version_id), grant)
        tell(tx, [given] if given is not None else [])


def forget_places(tx: Tx, person_id: PersonId) -> None:
    """Take somebody out of every queue; those behind move up."""
    for row in waitlists.list_of(tx, person_id):
        waitlists.lock(tx, row.campaign_id)
        found = waitlists.find(tx, row.campaign_id, person_id)
        if found is not None and found.rank_key is not None:
            waitlists.count_in(tx, row.campaign_id, more=-1)
            waitlists.count_chunks(tx, row.campaign_id, {find_chunk(found.rank_key): -1})
    waitlists.delete_of(tx, person_id)


def _view(tx: Tx, member: MemberView, *, count: int = 0, stale: bool = False) -> QueueView:
    terms = get_terms(tx)
    waitlist = terms.campaign.waitlist
    if waitlist is None:
        return QueueView(member=member)
    head = waitlists.find_head(tx, boards.get_campaign_id(tx, terms.version_id))
    return QueueView(
        member=member,
        open=True,
        length=head.length,
        let_in=head.let_in,
        jump=waitlist.jump,
        count=count,
        on="" if head.opened_on == waitlist.on else waitlist.on,
        by_itself=waitlist.let_in,
        stale=stale,
    )


def _find_version(tx: Tx, campaign_id: CampaignId) -> VersionId:
    """What the campaign says now."""
    return campaigns.get(tx, campaign_id).version_id or shops.get(tx).version_id


def _find_place(tx: Tx, row: PlaceRow | None) -> int:
    if row is None or row.rank_key is None:
        return 0
    chunk = find_chunk(row.rank_key)
    return 1 + waitlists.count_ahead(tx, row.campaign_id, row.rank_key, chunk=chunk, begin=chunk << CHUNK_BITS)


def _let_in(tx: Tx, campaign_id: CampaignId, count: int) -> int:
    """The first of a locked queue, as many as there are of so many."""
    first = waitlists.list_first(tx, campaign_id, min(count, LET_IN_LIMIT))
    if not first:
        return 0
    waitlists.let_in(tx, campaign_id, first[-1][1])
    gone = Counter(find_chunk(key) for _, key in first)
    waitlists.count_chunks(tx, campaign_id, {chunk: -people_gone for chunk, people_gone in gone.items()})
    waitlists.drop_empty(tx, campaign_id)
    waitlists.count_in(tx, campaign_id, more=-len(first), gone=len(first))
    return len(first)


def _move(tx: Tx, row: PlaceRow, places: int, *, ahead: bool) -> int:
    """Move somebody in a locked queue, as far as it goes; returns by how many places."""
    assert row.rank_key is not None
    beside = waitlists.list_beside(tx, row.campaign_id, row.rank_key, ahead=ahead, limit=places + 1)
    moved = min(places, len(beside))
    if not moved:
        return 0
    near, far = beside[moved - 1][1], beside[moved][1] if len(beside) > moved else None
    key = decide_key(near, far, ahead=ahead)
    if key is None:
        _make_room(tx, row.campaign_id, near)
        found = waitlists.find(tx, row.campaign_id, row.person_id)
        assert found is not None
        return _move(tx, found, places, ahead=ahead)
    waitlists.set_key(tx, row.campaign_id, row.person_id, key)
    if find_chunk(key) != find_chunk(row.rank_key):
        waitlists.count_chunks(tx, row.campaign_id, {find_chunk(row.rank_key): -1, find_chunk(key): 1})
    return moved


def _make_room(tx: Tx, campaign_id: CampaignId, key: int) -> None:
    """Spread those around a key, and more of the line where they have little room between them."""
    beside, fresh, crowd = BESIDE, None, []
    while fresh is None:
        ahead = waitlists.list_beside(tx, campaign_id, key + 1, ahead=True, limit=beside)
        behind = waitlists.list_beside(tx, campaign_id, key, ahead=False, limit=beside)
        crowd = [*reversed(ahead), *behind]
        keys = [each for _, each in crowd]
        fresh, beside = spread(keys, front=len(ahead) < beside, end=len(behind) < beside), 4 * beside
    for person_id, _ in crowd:
        waitlists.set_key(tx, campaign_id, person_id, None)
    for (person_id, _), each in zip(crowd, fresh, strict=True):
        waitlists.set_key(tx, campaign_id, person_id, each)
    changes = Counter(find_chunk(each) for each in fresh)
    changes.subtract(find_chunk(each) for _, each in crowd)
    waitlists.count_chunks(tx, campaign_id, changes)
