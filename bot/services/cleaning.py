"""Forgetting what nobody needs any more: a page of each table, as `bot.core.retention` says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.core.durations import DAY
from bot.core.retention import KEPT, UNCONFIRMED_DAYS, WEEK_COUNT_DAYS
from bot.core.visiting import compute_hour
from storage.tables import (
    allowances,
    api_keys,
    boards,
    broadcast_links,
    broadcasts,
    captchas,
    cards,
    chat_joins,
    clicks,
    code_keys,
    conversations,
    deliveries,
    faces,
    flood_waits,
    funnel,
    guesses,
    inbox,
    link_revocations,
    marks,
    order_claims,
    outbox,
    shares,
    team_invitations,
    ticket_words,
    visits,
    web_keys,
    webhooks,
)
from storage.tx import Tx


def clean_inbox(tx: Tx, limit: int) -> int:
    """Updates handled long ago."""
    return inbox.delete_closed(tx, before=_limit_of(tx, "inbox"), limit=limit)


def clean_outbox(tx: Tx, limit: int) -> int:
    """Notices settled long ago."""
    return outbox.delete_settled(tx, before=_limit_of(tx, "outbox"), limit=limit)


def clean_guesses(tx: Tx, limit: int) -> int:
    """Old counts of guesses."""
    return guesses.delete_before(tx, _limit_of(tx, "guess"), limit)


def clean_handouts(tx: Tx, limit: int) -> int:
    """Cards that could not be handed out for long, and those of which nobody knows."""
    return outbox.delete_cards_before(tx, before=_limit_of(tx, "handout"), limit=limit)


def clean_visits(tx: Tx, limit: int) -> int:
    """Visits of a day ago: the clicks are counted, and who came is nobody's business."""
    return visits.delete_before(tx, compute_hour(_limit_of(tx, "visit")), limit)


def clean_clicks(tx: Tx, limit: int) -> int:
    """Old clicks; what they counted for stays."""
    return clicks.delete_before(tx, before=_limit_of(tx, "click"), limit=limit)


def clean_shares(tx: Tx, limit: int) -> int:
    """Old shares; likewise."""
    return shares.delete_before(tx, before=_limit_of(tx, "share"), limit=limit)


def fold_funnel(tx: Tx, limit: int) -> int:
    """Days of the funnel that are over: one row of each, and they count for all times together; and cycles likewise."""
    return funnel.fold(tx, before=tx.now // DAY - FUNNEL_DAYS, limit=limit) or funnel.fold_cycles(tx, limit)


def clean_deliveries(tx: Tx, limit: int) -> int:
    """Who got an old broadcast, but for the sums."""
    return deliveries.fold(tx, before=_limit_of(tx, "delivery"), limit=limit)


def clean_opens(tx: Tx, limit: int) -> int:
    """Who has opened the links of an old broadcast, but for the sum."""
    return broadcast_links.fold(tx, before=_limit_of(tx, "broadcast_open"), limit=limit)


def clean_broadcasts(tx: Tx, _limit: int) -> int:
    """Broadcasts that were never confirmed; there are few, and they go all at once."""
    return broadcasts.delete_unconfirmed(tx, before=tx.now - UNCONFIRMED_DAYS * DAY)


def clean_cards(tx: Tx, limit: int) -> int:
    """Pictures uploaded long ago."""
    return cards.delete_before(tx, before=_limit_of(tx, "card"), limit=limit)


def clean_faces(tx: Tx, limit: int) -> int:
    """Photos that were looked at and not put on a card."""
    return faces.delete_unshown(tx, before=_limit_of(tx, "face"), limit=limit)


def clean_boards(tx: Tx, limit: int) -> int:
    """Weeks and months of long ago, with who stood where."""
    return boards.delete_over(tx, before=_limit_of(tx, "board"), limit=limit)


def clean_chat_joins(tx: Tx, limit: int) -> int:
    """People who left the community chat long ago."""
    return chat_joins.delete_left(tx, before=_limit_of(tx, "chat_join"), limit=limit)


def clean_forgotten(tx: Tx, limit: int) -> int:
    """Hashes of people who were forgotten long ago."""
    return code_keys.delete_forgotten(tx, before=_limit_of(tx, "forgotten"), limit=limit)


def clean_link_revocations(tx: Tx, _limit: int) -> int:
    """Links that Telegram could not be told of for long; there are few, and they go all at once."""
    return link_revocations.delete_before(tx, _limit_of(tx, "link_revocation"))


def clean_allowances(tx: Tx, limit: int) -> int:
    """Counts of weeks that are long over."""
    return allowances.delete_weeks(tx, before=tx.now - WEEK_COUNT_DAYS * DAY, limit=limit)


def clean_api_requests(tx: Tx, limit: int) -> int:
    """Requests that nobody sends again."""
    return api_keys.delete_requests(tx, before=_limit_of(tx, "api_request"), limit=limit)


def clean_webhooks(tx: Tx, limit: int) -> int:
    """What other systems were told, or could not be told for long."""
    return webhooks.delete_before(tx, _limit_of(tx, "hook_event"), limit)


def clean_marks(tx: Tx, limit: int) -> int:
    """What signals remember of long ago."""
    return marks.delete_before(tx, before=_limit_of(tx, "mark"), limit=limit)


def clean_order_claims(tx: Tx, _limit: int) -> int:
    """What members said of orders that nobody confirmed; there are few, and they go all at once."""
    return order_claims.delete_before(tx, _limit_of(tx, "order_claim"))


def clean_tickets(tx: Tx, limit: int) -> int:
    """What was said in tickets that were closed long ago."""
    return ticket_words.delete_over(tx, before=_limit_of(tx, "ticket_said"), limit=limit)


def clean_waiting(tx: Tx, _limit: int) -> int:
    """What was expected, drafted or forbidden until a moment that is over; there is little, and it goes all at once."""
    return (
        conversations.delete_expired(tx)
        + flood_waits.delete_over(tx)
        + team_invitations.delete_over(tx)
        + web_keys.delete_over(tx)
        + captchas.delete_over(tx)
    )


FUNNEL_DAYS = 2
"""Nearly all that is counted for a day is counted on it."""

CHORES: Mapping[str, Callable[[Tx, int], int]] = MappingProxyType(
    {
        "inbox": clean_inbox,
        "outbox": clean_outbox,
        "guesses": clean_guesses,
        "handouts": clean_handouts,
        "visits": clean_visits,
        "clicks": clean_clicks,
        "shares": clean_shares,
        "deliveries": clean_deliveries,
        "broadcasts": clean_broadcasts,
        "opened links": clean_opens,
        "cards": clean_cards,
        "faces": clean_faces,
        "boards": clean_boards,
        "chat joins": clean_chat_joins,
        "forgotten": clean_forgotten,
        "link revocations": clean_link_revocations,
        "allowances": clean_allowances,
        "api requests": clean_api_requests,
        "webhooks": clean_webhooks,
        "marks": clean_marks,
        "order claims": clean_order_claims,
        "tickets": clean_tickets,
        "waiting": clean_waiting,
        "funnel": fold_funnel,
    }
)
"""Each removes at most `limit` rows, unless there are always few, and returns how many; 0 when there are no more."""


def _limit_of(tx: Tx, table: str) -> int:
    return tx.now - KEPT[table].microseconds
