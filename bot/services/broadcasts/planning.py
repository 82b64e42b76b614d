"""Who gets a broadcast next: the audience is planned page by page as it is needed, and claimed as it becomes due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import tzinfo

from bot.core.broadcasts.timing import Planner, Timing, When, read_timing
from bot.core.campaigns.news import NewsRules
from bot.core.campaigns.pulse import PulseRules
from bot.core.durations import DAY, HOUR
from bot.services.campaigns import find_zone, get_terms
from bot.services.segments.finding import find_audience
from storage.broadcast import Action, Broadcast, Due, Page, Planned, Recipient, SentMessage, Skip
from storage.frozen import frozen
from storage.records import BroadcastId, BroadcastState, DeliveryState
from storage.tables import audiences, broadcasts, deliveries, shops
from storage.tx import Tx

PAGE = 1000
"""Recipients queued at once: about as many rows as one transaction writes in the time of a few."""

PAGES = 4
"""Gone through in one transaction: of those who can be written to, few may be awake."""

GLANCE = 100_000
"""So often it is looked for those who have been planned meanwhile."""

WEEK = 7 * DAY
MOST_REPLANNED = 5
"""So many times as many as are claimed are planned anew in one transaction."""

LOOK = HOUR // 60
"""So often it is looked for members who joined long enough ago."""

RESPITE = 1_000_000
"""So long an edit waits for a message that is on its way."""

DELETABLE = 48 * HOUR
"""Telegram takes back no older message of a bot's (deleteMessage)."""


def make_planner(tx: Tx, broadcast: Broadcast) -> Planner:
    """What decides for members now, by what the shop's main campaign says."""
    shop = shops.find(tx)
    campaign = None if shop is None else get_terms(tx).campaign
    pulse = None if campaign is None else campaign.pulse
    return Planner(
        news=broadcast.news,
        timing=read_timing(broadcast.timing),
        rules=NewsRules() if campaign is None else campaign.news,
        rest_days=(pulse or PulseRules()).rest_days,
        zone=find_zone(None if shop is None else shop.zone),
        now=tx.now,
    )


def compute_due(tx: Tx, timing: Timing) -> int:
    """From when on somebody is looked for, by the shop's clock; 0 for at once."""
    shop = shops.find(tx)
    return timing.compute_due(find_zone(None if shop is None else shop.zone), tx.now)


@frozen
class Plan:
    """When a broadcast goes out, and what that means for members as things are."""

    timing: Timing
    zone: tzinfo
    """The shop's."""
    due_at: int
    """When it begins; 0 for at once."""
    skipped: Mapping[Skip, int] = field(default_factory=dict)
    """Who would be left out."""
    held: int = 0
    """Who would get it later: it is night where they are, or not yet morning."""


def view_plan(tx: Tx, broadcast: Broadcast) -> Plan:
    """What was chosen of one that has begun or waits."""
    planner = make_planner(tx, broadcast)
    return Plan(timing=planner.timing, zone=planner.zone, due_at=broadcast.due_at)


def summarize(tx: Tx, draft: Broadcast) -> Plan:
    """What was chosen of a draft, with who would be left out and who would wait."""
    planner = make_planner(tx, draft)
    among, sated, held = find_audience(tx, draft), 0, 0
    declined = audiences.count_declined(tx, draft, draft.news, among)
    if planner.skips:
        recent = list_recent(tx, planner)
        sated = audiences.count_sated(tx, since=tx.now - WEEK, recent=recent, most=planner.rules.per_week, among=among)
    due_at = compute_due(tx, planner.timing)
    if planner.hours is not None:
        held = replace(planner, now=max(due_at, tx.now)).count_held(audiences.count_by_place(tx, draft, among))
    skipped = {Skip.NEWS: declined, Skip.WEEKLY: sated}
    if planner.displeased_since is not None:
        since = planner.displeased_since
        skipped[Skip.DISPLEASED] = audiences.count_displeased(tx, draft, since=since, among=among)
    return Plan(timing=planner.timing, zone=planner.zone, due_at=due_at, skipped=skipped, held=held)


def list_recent(tx: Tx, planner: Planner) -> list[BroadcastId]:
    """The broadcasts that count for how many a member has had; none where the shop sets no bound."""
    return broadcasts.list_recent(tx, since=tx.now - WEEK) if planner.skips else []


def claim_next(tx: Tx, broadcast: Broadcast, limit: int) -> tuple[list[Recipient], bool]:
    """The next recipients, claimed, and whether all who can be planned now are.

    Where all are meant, the audience is planned here page by page, as it is needed; else by `plan_on`, beside this.
    """
    claimed = _claim(tx, broadcast, limit)
    if broadcast.audience_upto is not None and broadcast.filled_upto >= broadcast.audience_upto:
        return claimed, True
    if is_planned_ahead(broadcast):
        return claimed, False
    for _ in range(PAGES):
        if len(claimed) >= limit:
            return claimed, False
        if fill(tx, broadcasts.get(tx, broadcast.id), limit=PAGE) is None:
            return claimed, True
        claimed += _claim(tx, broadcast, limit - len(claimed))
    return claimed, False


def is_planned_ahead(broadcast: Broadcast) -> bool:
    """Whether it is gone through without a rest who is meant: few of a million may be."""
    is_chosen = broadcast.segment is not None and broadcast.action is Action.SEND
    return is_chosen and read_timing(broadcast.timing).when is not When.DRIP


def plan_on(tx: Tx, *, broadcast_id: BroadcastId, limit: int) -> int | None:
    """Plan the next so many members of an audience that is gone through without a rest.

    Returns how many of them are meant; None where nobody is to be looked at: all are, or it does not run.
    """
    broadcast = broadcasts.get(tx, broadcast_id)
    if broadcast.state is not BroadcastState.RUNNING or broadcast.audience_upto is None:
        return None
    return fill(tx, broadcast, limit=limit)


def fill(tx: Tx, broadcast: Broadcast, *, limit: int) -> int | None:
    """Plan the next page of the audience, and return for how many; None once all are planned that can be now."""
    if broadcast.action is not Action.SEND:
        return _fill_echo(tx, broadcast, limit)
    planner = make_planner(tx, broadcast)
    page = _find_page(tx, broadcast, planner.timing, limit)
    if page is None:
        return None
    page = replace(page, displeased_since=planner.displeased_since)
    if planner.hours is not None:
        places = audiences.list_places(tx, broadcast, upto=page.upto, joined_upto=page.joined_upto)
        page = replace(page, windows=planner.list_windows(places[: audiences.MOST_PLACES]))
    if planner.skips:
        recent = [each for each in list_recent(tx, planner) if each != broadcast.id]
        page = replace(page, since=tx.now - WEEK, recent=recent, most=planner.rules.per_week)
    among = None if broadcast.segment is None else find_audience(tx, broadcast)
    return deliveries.queue_page(tx, broadcast, page, among)


def _find_page(tx: Tx, broadcast: Broadcast, timing: Timing, limit: int) -> Page | None:
    """The next so many; for a drip whoever has become a member long enough ago since the last look."""
    if timing.when is When.DRIP:
        if broadcast.due_at > tx.now:
            return None
        end = audiences.find_joined_end(tx, broadcast, joined_before=tx.now - timing.days * DAY, limit=limit)
        if end is None:
            broadcasts.set_due(tx, broadcast.id, tx.now + LOOK)
        return None if end is None else Page(joined_upto=end[0], upto=end[1])
    upto = audiences.find_page_end(tx, broadcast, limit=limit)
    if upto is None:
        deliveries.finish_queue(tx, broadcast)
    return None if upto is None else Page(upto=upto)


def _fill_echo(tx: Tx, echo: Broadcast, limit: int) -> int | None:
    """Whoever has a message that is to be edited or deleted, or will have in a moment."""
    page = audiences.list_echoed(tx, echo, limit=limit)
    if page:
        deliveries.queue(tx, echo.id, page)
    else:
        deliveries.finish_queue(tx, echo)
    return len(page) or None


def _claim(tx: Tx, broadcast: Broadcast, limit: int) -> list[Recipient]:
    """Those who are due; for whom it has become too late, it is planned anew."""
    due = deliveries.list_due(tx, broadcast.id, limit)
    if broadcast.action is not Action.SEND:
        claimed = _look_up(tx, broadcast, due)
    else:
        for _ in range(MOST_REPLANNED):
            late = [each for each in due if each.until_at is not None and each.until_at <= tx.now]
            if not late:
                break
            _plan_anew(tx, broadcast, late)
            due = deliveries.list_due(tx, broadcast.id, limit)
        claimed = [each.recipient for each in due if each.until_at is None or each.until_at > tx.now]
    deliveries.claim(tx, broadcast.id, [each.person_id for each in claimed])
    return claimed


def _plan_anew(tx: Tx, broadcast: Broadcast, late: Sequence[Due]) -> None:
    """Their hours are over, or they are somewhere else now; what they have had was counted before."""
    planner = make_planner(tx, broadcast)
    planned = []
    for recipient, zone, _ in late:
        window = planner.find_window(zone, recipient.language)
        due_at, until_at = (planner.now, None) if window is None else window
        planned.append(Planned(person_id=recipient.person_id, due_at=due_at, until_at=until_at))
    deliveries.replan(tx, broadcast.id, planned)


def _look_up(tx: Tx, echo: Broadcast, due: Sequence[Due]) -> list[Recipient]:
    """With the messages that are to be edited or deleted; whoever has none is left out, or waits for it."""
    assert echo.of_id is not None
    sent = audiences.list_sent(tx, echo.of_id, [each.recipient.person_id for each in due])
    found, other = [], []
    for recipient, _, _ in due:
        message = sent.get(recipient.person_id)
        if message is not None and message.state is DeliveryState.SENDING:
            other.append(Planned(person_id=recipient.person_id, due_at=tx.now + RESPITE))
        elif (skip := _find_obstacle(tx, echo, message)) is not None:
            other.append(Planned(person_id=recipient.person_id, skip=skip))
        elif message is not None:
            found.append(replace(recipient, message_id=message.message_id, more_ids=message.more_ids))
    deliveries.replan(tx, echo.id, other)
    return found


def _find_obstacle(tx: Tx, echo: Broadcast, message: SentMessage | None) -> Skip | None:
    if message is None or message.state is not DeliveryState.SENT or message.message_id is None:
        return Skip.GONE
    is_old = message.settled_at is not None and message.settled_at < tx.now - DELETABLE
    return Skip.OLD if is_old and echo.action is Action.DELETE else None
