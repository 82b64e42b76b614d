"""Contests: begun and ended by the clock, looked over by the team, told once, prizes with the results."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import field

from bot.core.campaigns.contests import Contest, ContestBy
from bot.core.campaigns.running import decide_running
from bot.core.drawing import SEED_BYTES, Entry, compose_proof, compute_commitment, draw_winners
from bot.core.roles import MANAGERS
from bot.services.audit import Act
from bot.services.campaigns import Terms, find_zone, get_terms, view_standing
from bot.services.campaigns.opening import list_owners
from bot.services.contests.notices import ContestBegun, ContestOver, ContestReleased, PrizeWon
from bot.services.contests.prizes import give_prize
from bot.services.coupons.giving import tell_given
from bot.services.members import MemberView, compose_name, demand, enter, view_member
from bot.services.notices import owe
from bot.services.rewards.notices import write_rule
from storage.addresses import ANNOUNCE, MemberAddress
from storage.contest import Contestant, ContestId, ContestRow, ContestState, Evidence, Placing
from storage.errors import RowMissing
from storage.facts import GrantKind
from storage.frozen import frozen
from storage.records import CampaignId, PersonId, Profile
from storage.tables import audit, campaigns, contests, people, scores, shops
from storage.tx import Tx

SHOWN, LISTED = 10, 5
REVIEWED = 20
"""Leading contestants whom the team looks over one by one; everybody is in the list as a file."""
ENTRIES_LIMIT = 1_000_000
EVIDENCE_LIMIT = 100_000


@frozen
class ContestView:
    """A contest as somebody sees it."""

    row: ContestRow
    contest: Contest
    leading: Sequence[Contestant] = ()
    """Of one that counts friends: who leads now, who was struck off left out."""
    placings: Sequence[Placing] = ()
    """Once the results are told."""
    rank: int | None = None
    score: int = 0
    number: int = 0
    """The member's own, by which a draw knows them."""
    contestants: int = 0
    friends: int = 0

    @property
    def commitment(self) -> str:
        """The hash of a draw's seed; empty for what is no draw."""
        return compute_commitment(self.row.seed) if self.contest.by is ContestBy.DRAW else ""


@frozen
class ContestsView:
    """What there is to win, and who has won, the latest first."""

    member: MemberView
    contests: Sequence[ContestView] = ()


@frozen
class ReviewView:
    """A contest as the team looks it over; None for one that is not there."""

    member: MemberView
    view: ContestView | None = None
    contestants: Sequence[Contestant] = ()
    """In order, who was struck off among them."""
    done: bool = False
    """Whether what was asked for was done by this tap."""


@frozen
class ContestFile:
    """All there is to say about who stands where, and why."""

    row: ContestRow
    contest: Contest
    contestants: Sequence[Contestant] = ()
    placings: Sequence[Placing] = ()
    evidence: Sequence[Evidence] = field(default_factory=list)


@frozen
class DrawView:
    """A draw with its proof, as it was when the results were told."""

    row: ContestRow
    contest: Contest
    proof: str


def view_contests(tx: Tx, *, visitor: Profile) -> ContestsView:
    """What there is to win now, and the last results."""
    member = view_member(tx, enter(tx, visitor))
    shown = [row for row in contests.list_latest(tx, LISTED) if row.state is not ContestState.CANCELLED]
    views = [_view(tx, row, member) for row in shown if row.starts_at <= tx.now or row.state is ContestState.RUNNING]
    return ContestsView(member=member, contests=[view for view in views if view is not None])


def is_due(tx: Tx) -> bool:
    """Whether a contest is to begin, to change or to end."""
    return bool(_list_changes(tx) or _list_dropped(tx)) or any(_is_over(row, tx.now) for row in contests.list_open(tx))


def turn_contests(tx: Tx) -> None:
    """Begin, change and end what is due; once, whoever asks how often."""
    changes = _list_changes(tx)
    if changes:
        scores.wait_for_friends(tx)  # else whoever counts at this moment would stand on no new ranking
    for row in _list_dropped(tx):
        contests.set_state(tx, row.id, ContestState.CANCELLED, expected=ContestState.RUNNING)
    for terms, campaign_id, contest in changes:
        _begin(tx, terms, campaign_id, contest)
    for row in contests.list_open(tx):
        if _is_over(row, tx.now) and contests.set_state(tx, row.id, ContestState.REVIEW, expected=ContestState.RUNNING):
            named = _find_contest(tx, row)
            name = named.say(_get_language(tx)) if named is not None else row.key
            for address in list_owners(tx):
                owe(tx, address, ContestOver(contest=row.id, name=name), key=f"{row.id}:{address.person_id}")


def review(tx: Tx, *, visitor: Profile, contest_id: ContestId) -> ReviewView:
    """What the team sees before the results.

    Raises:
        NotAllowed: this is somebody else.
    """
    demand(tx, visitor, MANAGERS)
    return _review(tx, visitor, contest_id)


def strike(tx: Tx, *, visitor: Profile, contest_id: ContestId, person_id: PersonId, reason: str) -> ReviewView:
    """Take somebody out of a contest before its results, with a reason.

    Raises:
        NotAllowed: this is somebody else.
    """
    demand(tx, visitor, MANAGERS)
    row, known = _find(tx, contest_id), people.list_by_ids(tx, [person_id])
    if row is None or not known or row.state not in {ContestState.RUNNING, ContestState.REVIEW}:
        return _review(tx, visitor, contest_id)
    actor = enter(tx, visitor)
    done = contests.strike_off(tx, row.id, person_id, reason=reason, by=actor.id)
    if done:
        audit.add(tx, actor_id=actor.id, act=Act.STRUCK, subject=row.key, person_id=person_id, after=reason)
    return _review(tx, visitor, contest_id, done=done)


def release(tx: Tx, *, visitor: Profile, contest_id: ContestId) -> ReviewView:
    """Let the results out: who has won is written, given their prize and told, all or nothing, once.

    Raises:
        NotAllowed: this is somebody else.
    """
    demand(tx, visitor, MANAGERS)
    row = _find(tx, contest_id)
    contest = _find_contest(tx, row) if row else None
    if row is None or contest is None:
        return _review(tx, visitor, contest_id)
    done = contests.set_state(tx, row.id, ContestState.RELEASED, expected=ContestState.REVIEW)
    if done:
        winners = choose_winners(tx, row, contest)
        contests.add_placings(tx, row.id, winners)
        _award(tx, row, contest, winners)
        audit.add(tx, actor_id=enter(tx, visitor).id, act=Act.RELEASED, subject=row.key)
    return _review(tx, visitor, contest_id, done=done)


def choose_winners(tx: Tx, row: ContestRow, contest: Contest) -> list[Contestant]:
    """Who wins, the first one first: as many as there are places, or people who stand there; a draw's proof is kept."""
    places = max(prize.place for prize in contest.prizes)
    if contest.by is ContestBy.FRIENDS:
        return contests.list_leading(tx, row, places)
    standing = {each.person_id: each for each in contests.list_leading(tx, row, ENTRIES_LIMIT)}
    entries = [Entry(number=each.person_id, tickets=each.score) for each in standing.values()]
    winners = draw_winners(row.seed, entries, places)
    proof = compose_proof(row.key, row.seed, entries, prizes=places, winners=winners)
    contests.set_proof(tx, row.id, proof)
    return [standing[PersonId(number)] for number in winners]


def list_all(tx: Tx, *, visitor: Profile, contest_id: ContestId) -> ContestFile | None:
    """Everybody in a contest with the friends who count; None where there is no such contest.

    Raises:
        NotAllowed: this is somebody else.
    """
    demand(tx, visitor, MANAGERS)
    row = _find(tx, contest_id)
    contest = _find_contest(tx, row) if row else None
    if row is None or contest is None:
        return None
    return ContestFile(
        row=row,
        contest=contest,
        contestants=contests.list_contestants(tx, row, EVIDENCE_LIMIT),
        placings=contests.list_placings(tx, row.id),
        evidence=contests.list_evidence(tx, row, EVIDENCE_LIMIT),
    )


def find_draw(tx: Tx, *, contest_id: ContestId) -> DrawView | None:
    """A draw whose results are told, for everybody to draw again; None for what is none."""
    row, proof = _find(tx, contest_id), contests.find_proof(tx, contest_id)
    contest = _find_contest(tx, row) if row else None
    return DrawView(row=row, contest=contest, proof=proof) if row and contest is not None and proof else None


def _list_changes(tx: Tx) -> list[tuple[Terms, CampaignId, Contest]]:
    """What running campaigns promise and nothing is written of, or something else."""
    shop, known = shops.get(tx), {(row.campaign_id, row.key): row for row in contests.list_latest(tx, 1000)}
    due = []
    for campaign in campaigns.list_all(tx):
        running = campaign.id == shop.campaign_id or decide_running(view_standing(campaign), tx.now)
        if not running or campaign.version_id is None or not campaign.digest:
            continue
        terms = get_terms(tx, campaign.version_id)
        for contest in terms.campaign.contests:
            row = known.get((campaign.id, contest.key))
            if row is None or _is_other(row, terms):
                due.append((terms, campaign.id, contest))
    return [each for each in due if each[2].find_span(find_zone(shop.zone))[1] > tx.now]


def _is_other(row: ContestRow, terms: Terms) -> bool:
    """Whether the file says something new of a contest that is under way, or names one again that was taken out."""
    return row.state is ContestState.CANCELLED or (
        row.state is ContestState.RUNNING and row.version_id != terms.version_id
    )


def _list_dropped(tx: Tx) -> list[ContestRow]:
    """Contests under way that their campaign names no more; the friends they were for count elsewhere."""
    dropped = []
    for row in contests.list_open(tx):
        campaign = campaigns.get(tx, row.campaign_id)
        if row.state is ContestState.RUNNING and campaign.version_id not in {None, row.version_id} and campaign.digest:
            now = get_terms(tx, campaign.version_id).campaign
            dropped += [row] if now.find_contest(row.key) is None else []
    return dropped


def _begin(tx: Tx, terms: Terms, campaign_id: CampaignId, contest: Contest) -> None:
    """Write a contest as its campaign promises it; one that has begun keeps its beginning."""
    shop = shops.get(tx)
    starts_at, ends_at = contest.find_span(find_zone(shop.zone))
    row = contests.find(tx, campaign_id, contest.key)
    if row is not None:
        contests.set_state(tx, row.id, ContestState.RUNNING, expected=ContestState.CANCELLED)
        begun = row.starts_at if row.starts_at <= tx.now else starts_at
        contests.set_terms(tx, row, version_id=terms.version_id, starts_at=begun, ends_at=ends_at)
        if begun < min(row.starts_at, tx.now) or row.ends_at <= tx.now:
            scores.fill_board(tx, row.board_id)  # friends who came while it did not last count now
        return
    added = contests.add(
        tx,
        campaign_id=campaign_id,
        key=contest.key,
        version_id=terms.version_id,
        starts_at=starts_at,
        ends_at=ends_at,
        seed=secrets.token_bytes(SEED_BYTES),
    )
    if added is None:
        return
    row = contests.get(tx, added)
    if starts_at <= tx.now:
        scores.fill_board(tx, row.board_id)
    if shop.announce_chat is not None:
        commitment = compute_commitment(row.seed) if contest.by is ContestBy.DRAW else ""
        begun_notice = ContestBegun(version=terms.version_id, key=contest.key, ends_at=ends_at, commitment=commitment)
        owe(tx, ANNOUNCE, begun_notice, key=row.id)


def _award(tx: Tx, row: ContestRow, contest: Contest, winners: Sequence[Contestant]) -> None:
    name = contest.say(_get_language(tx))
    for place, winner in enumerate(winners, start=1):
        prize, person = contest.find_prize(place), people.get(tx, winner.person_id)
        if prize is None:
            continue
        given = give_prize(tx, row, prize, place=place, person_id=winner.person_id)
        if person.is_member:
            owe(
                tx,
                MemberAddress(person.id),
                PrizeWon(name=contest.say(view_member(tx, person).language), place=place, prize=write_rule(prize)),
                key=f"{row.id}:{place}",
            )
        if given is not None and prize.give.kind is GrantKind.COUPON:
            tell_given(tx, given)
    if shops.get(tx).announce_chat is not None:
        people_won = [people.get(tx, each.person_id) for each in winners]
        shown = "\n".join("" if each.anonymous else compose_name(each.profile) for each in people_won)
        owe(tx, ANNOUNCE, ContestReleased(name=name, winners=shown), key=row.id)


def _review(tx: Tx, visitor: Profile, contest_id: ContestId, *, done: bool = False) -> ReviewView:
    member, row = view_member(tx, enter(tx, visitor)), _find(tx, contest_id)
    view = _view(tx, row, member) if row else None
    if row is None or view is None:
        return ReviewView(member=member)
    return ReviewView(member=member, view=view, contestants=contests.list_contestants(tx, row, REVIEWED), done=done)


def _view(tx: Tx, row: ContestRow, member: MemberView) -> ContestView | None:
    contest = _find_contest(tx, row)
    if contest is None:
        return None
    score = scores.find_score(tx, member.id, board_id=row.board_id)
    over = row.state is ContestState.RELEASED
    contestants, friends = contests.count_contestants(tx, row) if over else (0, 0)
    return ContestView(
        row=row,
        contest=contest,
        leading=contests.list_leading(tx, row, SHOWN) if contest.by is ContestBy.FRIENDS else (),
        placings=contests.list_placings(tx, row.id) if over else (),
        rank=1 + scores.count_above(tx, score, board_id=row.board_id) if score else None,
        score=score,
        number=member.id,
        contestants=contestants,
        friends=friends,
    )


def _find(tx: Tx, contest_id: ContestId) -> ContestRow | None:
    try:
        return contests.get(tx, contest_id)
    except RowMissing:
        return None


def _find_contest(tx: Tx, row: ContestRow) -> Contest | None:
    return get_terms(tx, row.version_id).campaign.find_contest(row.key)


def _get_language(tx: Tx) -> str:
    return get_terms(tx).campaign.channel_language


def _is_over(row: ContestRow, now: int) -> bool:
    return row.state is ContestState.RUNNING and row.ends_at <= now
