"""What asking members to share brings: those who may be asked beside those who never are."""

from __future__ import annotations

from itertools import takewhile

from bot.core.durations import DAY
from bot.core.trials import Lift, compute_lift, is_held_out
from bot.services.campaigns import get_terms
from storage.tables import campaigns, directory, shops
from storage.tx import Tx

MOST = 200_000
"""Members that are counted, the latest: enough for a difference of two in a thousand, and read within a second."""


def measure_asking(tx: Tx) -> Lift | None:
    """What asking has brought since members are held out; None where nobody is.

    Counted is everybody who started since then and long enough ago to have gone quiet, whether they did or not: which
    group somebody is in depends on their number alone, so nothing but the asking tells the groups apart.
    """
    rules = get_terms(tx).rules
    if not rules.hold_out_percent:
        return None
    until = tx.now - rules.pause_days * DAY
    people = directory.list_with_friends(tx, since=_find_begin(tx, rules.hold_out_percent), until=until, limit=MOST)
    held = [brought for number, brought in people if is_held_out(number, rules.hold_out_percent)]
    asked, brought = len(people) - len(held), sum(brought for _, brought in people)
    return compute_lift(asked=asked, asked_brought=brought - sum(held), held=len(held), held_brought=sum(held))


def _find_begin(tx: Tx, percent: int) -> int:
    """Since when so many are held out without a break."""
    versions = campaigns.list_versions(tx, shops.get(tx).campaign_id)
    same = takewhile(lambda version: get_terms(tx, version[0]).rules.hold_out_percent == percent, versions)
    return min((created_at for *_, created_at in same), default=tx.now)
