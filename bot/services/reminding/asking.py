"""What asking members to share brings: those who may be asked beside those who never are."""

from __future__ import annotations

from dataclasses import replace

from bot.core.durations import DAY
from bot.core.roles import MANAGERS
from bot.core.trials import Lift, compute_lift, is_held_out
from bot.services.campaigns import find_since, get_terms
from bot.services.campaigns.opening import change_main
from bot.services.members import demand
from storage.records import Profile
from storage.tables import directory, shops
from storage.tx import Tx

MOST = 200_000
"""Members that are counted, the latest: enough for a difference of two in a thousand, and read within a second."""


def measure_asking(tx: Tx) -> Lift | None:
    """What asking has brought since members are held out; None where nobody is.

    Counted is everybody who started since then and long enough ago to have gone quiet, whether they did or not: which
    group somebody is in depends on their number alone, so nothing but the asking tells the groups apart.
    """
    rules = None if shops.find(tx) is None else get_terms(tx).campaign.rules
    if rules is None or not rules.hold_out_percent:
        return None
    until = tx.now - rules.pause_days * DAY
    since = find_since(tx, lambda each: each.rules.hold_out_percent == rules.hold_out_percent)
    people = directory.list_with_friends(tx, since=since, until=until, limit=MOST)
    held = [brought for number, brought in people if is_held_out(number, rules.hold_out_percent)]
    asked, brought = len(people) - len(held), sum(brought for _, brought in people)
    return compute_lift(asked=asked, asked_brought=brought - sum(held), held=len(held), held_brought=sum(held))


def set_hold_out(tx: Tx, *, visitor: Profile, percent: int) -> None:
    """Never ask so many of a hundred members to share, always the same ones; 0 asks everybody.

    Raises:
        NotAllowed: this is nobody who runs the shop.
    """
    demand(tx, visitor, MANAGERS)
    campaign = get_terms(tx).campaign
    if campaign.rules.hold_out_percent != percent:
        change_main(tx, visitor, replace(campaign, rules=replace(campaign.rules, hold_out_percent=percent)))
