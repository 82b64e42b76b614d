"""What somebody asks for costs the same however many friends they have brought."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from bot.core.standing import MOST_LISTED
from bot.services.campaigns.opening import Source, open_shop
from bot.services.claiming.window import open_menu
from bot.services.contests.contests import view_contests
from bot.services.joining.joining import start
from bot.services.members import enter
from bot.services.rewards.viewing import WhyView, list_why
from bot.services.standing import InvitesView, RewardsView, list_invites, list_rewards, rank
from storage import Tx, open_store
from storage.checks import find_faults
from storage.records import PersonId, Profile, ShareWay
from storage.tables import clicks, grants, inviter_sums, shares
from tests.benchmarks.bench_growth import load_campaign
from tests.benchmarks.million import NOW, Town, code_of
from tests.storage.test_million import fill_any
from tests.storage.work import count_work

MOST, MANY = 1, 2
"""Two members: whoever brought most, and somebody who brought more than are listed."""
LAST_PAGE = 10_000
NEWCOMER = Profile(telegram_id=10_000_000, first_name="New", telegram_language="en")


class TwoFavourites(Town):
    """Every second friend came by the first member, every tenth by the second."""

    @cached_property
    def inviters(self) -> list[int]:
        """See `Town`."""
        drawn = Town(self.members).inviters
        return [(MANY, MOST, MOST, MOST, MOST, MOST)[n % 10] if n % 10 < 6 else by for n, by in enumerate(drawn)]


def visitor_of(member: int) -> Profile:
    """As they are known."""
    return Profile(telegram_id=member, first_name=f"Member {member}", telegram_language="en")


LISTS: list[Callable[..., InvitesView | RewardsView | WhyView]] = [list_invites, list_rewards, list_why]
UNITS: dict[str, Callable[[Tx, int], object]] = {
    "/invites": lambda tx, member: list_invites(tx, visitor=visitor_of(member)),
    "/invites, the last page": lambda tx, member: list_invites(tx, visitor=visitor_of(member), page=LAST_PAGE),
    "/rewards": lambda tx, member: list_rewards(tx, visitor=visitor_of(member)),
    "/rewards, the last page": lambda tx, member: list_rewards(tx, visitor=visitor_of(member), page=LAST_PAGE),
    "why": lambda tx, member: list_why(tx, visitor=visitor_of(member)),
    "why, the last page": lambda tx, member: list_why(tx, visitor=visitor_of(member), page=LAST_PAGE),
    "/top": lambda tx, member: rank(tx, visitor=visitor_of(member)),
    "/contests": lambda tx, member: view_contests(tx, visitor=visitor_of(member)),
    "the menu": lambda tx, member: open_menu(tx, visitor=visitor_of(member)),
    "/start": lambda tx, member: start(tx, visitor=visitor_of(member), payload=""),
    "a friend joins": lambda tx, member: start(tx, visitor=NEWCOMER, payload=code_of(member)),
    "a link is opened": lambda tx, member: clicks.add(tx, PersonId(member), "fwd"),
    "a card is shared": lambda tx, member: shares.add(tx, PersonId(member), ShareWay.CARD, "morning"),
    "a purchase looks for a share": lambda tx, member: grants.find_percent(tx, PersonId(member)),
    "milestones are looked over": lambda tx, member: grants.list_above(tx, PersonId(member), 3),
}


def ask_of(unit: Callable[[Tx, int], object], member: int) -> Callable[[Tx], object]:
    """The unit of one of them."""
    return lambda tx: unit(tx, member)


async def test_nothing_costs_more_for_whoever_has_brought_most(store_url: str) -> None:
    """Of two who brought very many, the one with five times as many has the engine do no more work, on any page."""
    members = 6_000
    fill_any(store_url, members, kind=TwoFavourites)
    async with open_store(store_url) as store:
        await store.write(enter, visitor_of(MOST))
        await store.write(open_shop, Source(campaign=load_campaign()))
        assert await store.read(find_faults) == []
        most, many = [(await store.read(inviter_sums.find, PersonId(member))).friends for member in (MOST, MANY)]
        for look in LISTS:
            first, last = [await store.read(look, visitor=visitor_of(MOST), page=page) for page in (0, LAST_PAGE)]
            size = len(first.lines)
            assert (last.page + 1, len(last.lines)) == (last.pages, size) == (MOST_LISTED // size, size)
            assert (first.is_cut, last.is_cut) == (False, True)
        assert (await store.read(list_invites, visitor=visitor_of(MOST))).total == most
    assert most > 4 * many
    assert many > MOST_LISTED
    work = {
        what: [count_work(store_url, ask_of(unit, member), now=NOW + 1) for member in (MANY, MOST)]
        for what, unit in UNITS.items()
    }
    worse = {what: both for what, both in work.items() if both[1] > 1.5 * both[0] + 20}
    assert worse == {}, (worse, work)
