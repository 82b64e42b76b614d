"""Which pages the dashboard has, and what is on each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from storage.frozen import frozen

SHOWN_ROWS = 50
"""Of a list; all of it is one tap away for owners."""


class BoardPage(StrEnum):
    """A page by its name in the address, in the order of the menu."""

    FUNNEL = "funnel"
    GROWTH = "growth"
    STORIES = "stories"
    SOURCES = "sources"
    CAMPAIGNS = "campaigns"
    LANGUAGES = "languages"
    MEMBERS = "members"
    ORDERS = "orders"
    CONTESTS = "contests"
    BROADCASTS = "broadcasts"
    TICKETS = "tickets"


@frozen
class ShownList:
    """A list as a page shows it: which it is, and which of its columns."""

    name: str
    columns: tuple[str, ...]


CUTS: Mapping[BoardPage, str] = {
    BoardPage.STORIES: "story",
    BoardPage.SOURCES: "source",
    BoardPage.CAMPAIGNS: "campaign",
    BoardPage.LANGUAGES: "language",
}
"""Pages that cut the funnel by one thing."""

LISTS: Mapping[BoardPage, ShownList] = {
    BoardPage.MEMBERS: ShownList(
        name="members", columns=("name", "started_at", "friends", "points", "tier", "language")
    ),
    BoardPage.ORDERS: ShownList(name="orders", columns=("order_id", "state", "amount", "occurred_at", "member_id")),
    BoardPage.TICKETS: ShownList(name="tickets", columns=("id", "state", "opened_at", "answered_at", "solved_at")),
    BoardPage.CONTESTS: ShownList(name="contests", columns=("key", "campaign", "state", "starts_at", "ends_at")),
}
"""Pages that show the latest of a list."""

ALONGSIDE: Mapping[BoardPage, tuple[str, ...]] = {
    BoardPage.FUNNEL: ("shares", "clicks", "referrals"),
    BoardPage.GROWTH: ("referrals", "ledger", "grants"),
    BoardPage.STORIES: ("shares", "referrals"),
    BoardPage.SOURCES: ("clicks", "referrals"),
    BoardPage.CAMPAIGNS: ("campaigns", "events"),
    BoardPage.LANGUAGES: ("members",),
    BoardPage.MEMBERS: ("members", "labels", "standings"),
    BoardPage.ORDERS: ("orders", "conversions"),
    BoardPage.CONTESTS: ("contests", "placings"),
    BoardPage.BROADCASTS: ("broadcasts", "deliveries"),
    BoardPage.TICKETS: ("tickets",),
}
"""Lists that can be taken away from a page."""
