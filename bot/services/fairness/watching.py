"""Looking at friends after they came: with whom came around them, and a day later with what they did since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.durations import DAY_SECONDS, SECOND
from bot.core.fairness.judging import Verdict, decide_verdict, merge_evidence
from bot.core.fairness.looking import (
    AROUND,
    BASELINE,
    HOUR_SECONDS,
    OTHERS,
    Look,
    Usual,
    compose_usual,
    measure_usual,
    parse_usual,
)
from bot.core.fairness.signals import Cost, Sign, list_signs
from bot.services.campaigns import get_terms
from bot.services.fairness.deciding import refuse_at_once
from bot.services.fairness.holding import hold_counted
from storage.frozen import frozen
from storage.records import ReferralId
from storage.review import MarkKind, Trace
from storage.tables import marks, referrals, reviews, sales, watches
from storage.tx import Tx

PAGE = 25
"""So many are judged in about 20 ms: a page holds the writer, for whom joins wait."""
SETTLED_SECONDS = 20 * HOUR_SECONDS
"""After so long it is known whether a friend did anything more."""

GREETED_SECONDS = 600
"""What somebody sends within so long after coming belongs to coming: START, sent twice perhaps."""

MEASURED_SECONDS = DAY_SECONDS

KNOWN_SECONDS = 4 * DAY_SECONDS
"""Of whoever came earlier the updates are gone."""

SETTLED = 400
"""By so many it is measured how many do nothing."""

LINE = 16
"""So many of a line are looked at above a friend, and below as many as make twice that."""


@frozen
class Due:
    """Friends who are to be looked at, the oldest first, and what is known of them all."""

    friends: Sequence[Trace]
    around: Sequence[Trace]
    """They, and whoever came before and after them."""
    quiet: frozenset[int] | None
    """Who did nothing more; None for a first look, when nobody can say."""


def look_over(tx: Tx) -> int:
    """Look at a page of those who came since the last time; returns how many that were."""
    watch = watches.get(tx)
    friends = reviews.list_after(tx, after=watch.looked_upto, limit=PAGE)
    if not friends:
        return 0
    before = reviews.list_upto(tx, upto=watch.looked_upto, limit=AROUND)
    _judge(tx, Due(friends=friends, around=[*reversed(before), *friends], quiet=None), parse_usual(watch.measured))
    watches.set_watch(tx, replace(watch, looked_upto=friends[-1].referral_id))
    return len(friends)


def look_again(tx: Tx) -> int:
    """Look a second time at a page of those who came a day ago; returns how many that were."""
    watch, until = watches.get(tx), tx.now - SETTLED_SECONDS * SECOND
    friends = [
        each
        for each in reviews.list_after(tx, after=watch.settled_upto, limit=PAGE)
        if each.joined_at <= until and each.referral_id <= watch.looked_upto
    ]
    if not friends:
        return 0
    before = reviews.list_upto(tx, upto=watch.settled_upto, limit=AROUND)
    after = reviews.list_after(tx, after=friends[-1].referral_id, limit=AROUND)
    around = [*reversed(before), *friends, *after]
    groups = {each.inviter_id: _list_group(tx, each) for each in friends}
    lines = [each for friend in friends for each in list_line(tx, friend)]
    grouped = [one for group in groups.values() for one in group]
    everybody = {each.referral_id: each for each in (*around, *grouped, *lines)}
    due = Due(friends=friends, around=around, quiet=find_quiet(tx, list(everybody.values())))
    _judge(tx, due, parse_usual(watch.measured))
    watches.set_watch(tx, replace(watch, settled_upto=friends[-1].referral_id))
    return len(friends)


def has_more(tx: Tx, *, again: bool) -> bool:
    """Whether anybody is to be looked at, or a second time."""
    watch = watches.get(tx)
    found = reviews.list_after(tx, after=watch.settled_upto if again else watch.looked_upto, limit=1)
    if not again:
        return bool(found)
    settled = tx.now - SETTLED_SECONDS * SECOND
    return any(each.joined_at <= settled and each.referral_id <= watch.looked_upto for each in found)


def is_stale(tx: Tx) -> bool:
    """Whether it is time to measure again what is usual."""
    return tx.now - watches.get(tx).measured_at >= MEASURED_SECONDS * SECOND


def measure(tx: Tx) -> None:
    """What is usual here, by the last friends of whom it is known what they did; once a day."""
    watch = watches.get(tx)
    came = reviews.list_unreviewed(tx, upto=watch.settled_upto, limit=BASELINE)
    settled = [each for each in came if each.joined_at >= tx.now - KNOWN_SECONDS * SECOND][:SETTLED]
    usual = measure_usual(came, settled, find_quiet(tx, settled))
    watches.set_watch(tx, replace(watch, measured=compose_usual(usual), measured_at=tx.now))


def find_quiet(tx: Tx, friends: Sequence[Trace]) -> frozenset[int]:
    """Who of them has done nothing more since they came, as far as updates are kept."""
    if not friends:
        return frozenset()
    since = min(each.joined_at for each in friends)
    seen = watches.list_last_seen(tx, [each.telegram_id for each in friends], since=since)
    grace = GREETED_SECONDS * SECOND
    return frozenset(
        each.telegram_id
        for each in friends
        if not each.shared and seen.get(each.telegram_id, 0) - each.joined_at <= grace
    )


def compose_look(tx: Tx, due: Due, place: int, usual: Usual) -> Look:
    """Everything there is to look at of one of them."""
    friend = due.friends[place]
    group = _list_group(tx, friend)
    here = next(number for number, each in enumerate(due.around) if each.referral_id == friend.referral_id)
    first = max(0, here - AROUND // 2)
    around = [each for each in due.around[first : first + AROUND + 1] if each.referral_id != friend.referral_id]
    marked = marks.list_of(tx, friend.inviter_id)
    own = marks.list_of(tx, friend.invitee_id)
    return Look(
        friend=friend,
        others=[each for each in group if each.referral_id != friend.referral_id][:OTHERS],
        around=around,
        usual=usual,
        quiet=due.quiet,
        line=list_line(tx, friend),
        pairs=min(marked.get(MarkKind.PAIR, 0), own.get(MarkKind.PAIR, 0)),
        rings=min(marked.get(MarkKind.RING, 0), own.get(MarkKind.RING, 0)),
        departures=own.get(MarkKind.LEFT, 0),
    )


def list_line(tx: Tx, friend: Trace) -> list[Trace]:
    """Who brought whom within an hour of coming, above this friend and below, from the top down."""
    line = [friend]
    while len(line) < LINE and (host := reviews.find_trace(tx, line[0].inviter_id)) is not None:
        if line[0].joined_at - host.joined_at > HOUR_SECONDS * SECOND:
            break
        line.insert(0, host)
    while len(line) < 2 * LINE and (theirs := reviews.list_later_friends(tx, line[-1].invitee_id, after=0, limit=1)):
        if theirs[0].joined_at - line[-1].joined_at > HOUR_SECONDS * SECOND:
            break
        line.append(theirs[0])
    return line


def _judge(tx: Tx, due: Due, usual: Usual) -> None:
    for place, friend in enumerate(due.friends):
        look = compose_look(tx, due, place, usual)
        signs = list_signs(look, (Cost.JOIN, Cost.LATER))
        if signs:
            signs = list_signs(_add_money(tx, look), (Cost.JOIN, Cost.LATER))
        if len(signs) > 1:
            act(tx, friend.referral_id, signs)


def _add_money(tx: Tx, look: Look) -> Look:
    """With what the member's friends bought, gave back and were handed out: only where something else was noticed."""
    friends = sorted({each.invitee_id for each in look.group})
    purchases, refunds = reviews.count_bought(tx, friends)
    handed_out = reviews.list_handed_out(tx, friends, limit=OTHERS)
    return replace(look, purchases=purchases, refunds=refunds, handed_out=handed_out)


def act(tx: Tx, referral_id: ReferralId, signs: Sequence[Sign]) -> None:
    """Hold a friend, or refuse, as the signals say together; what is looked at already gets the new evidence."""
    referral = referrals.get(tx, referral_id)
    fairness = get_terms(tx, referral.campaign_version_id).campaign.fairness
    known = reviews.find(tx, referral_id)
    if not fairness.watch or (known is not None and known.decided_at is not None):
        return
    together = merge_evidence(known.evidence, signs) if known is not None else list(signs)
    verdict = decide_verdict(together, fairness)
    if verdict in {Verdict.ALLOW, Verdict.ASK}:
        return
    if sales.count_counted(tx, referral.invitee_id):  # whoever has bought something is a person
        return
    if known is None and not hold_counted(tx, referral, together):
        return
    refuse_at_once(tx, referral_id, together, refuses=verdict is Verdict.REFUSE)


def _list_group(tx: Tx, friend: Trace) -> list[Trace]:
    """Who came by the same member just before and after, the friend included."""
    later = reviews.list_later_friends(tx, friend.inviter_id, after=friend.referral_id, limit=OTHERS)
    earlier = reviews.list_friends(tx, friend.inviter_id, upto=friend.referral_id, limit=OTHERS + 1)
    after = max(OTHERS // 2, OTHERS + 1 - len(earlier))
    near = later[:after]
    return [*reversed(near), *earlier[: OTHERS + 1 - len(near)]]
