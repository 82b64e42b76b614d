"""What the shop's books say of the game, in the words of the second ledger."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from storage.facts import BY_HAND, GrantId
from storage.schema.boards import board, standing
from storage.schema.contests import contest, placing
from storage.schema.conversions import sale
from storage.schema.coupons import coupon
from storage.schema.gifts import gift
from storage.schema.honours import honour
from storage.schema.people import person, profile
from storage.schema.redeeming import redemption
from storage.schema.referrals import account, referral
from storage.schema.rewards import event, grant
from storage.tx import Tx
from tests.chaos.money_words import Got

FIRST = 10_000
"""The Telegram id of the first member."""


class Held(NamedTuple):
    """A grant, as far as both ledgers know of it."""

    rule: str
    to: int
    cause: str
    state: str
    points: int | None
    posted: bool
    code: str
    sending: str


_MINE = select(profile.c.person_id).where(profile.c.telegram_id == bindparam("telegram_id")).scalar_subquery()
_FIND_GRANT = (
    select(grant.c.id)
    .join(event, event.c.id == grant.c.event_id)
    .where(grant.c.rule == bindparam("rule"), grant.c.person_id == _MINE, event.c.key == bindparam("cause"))
)
_REFERRALS = select(profile.c.telegram_id, referral.c.id).join(profile, profile.c.person_id == referral.c.invitee_id)
_FIND_PERSON = select(profile.c.person_id).where(profile.c.telegram_id == bindparam("telegram_id"))
_FIND_REFERRAL = _REFERRALS.where(profile.c.telegram_id == bindparam("telegram_id"))
_CONTESTS = select(contest.c.key, contest.c.id, contest.c.state, contest.c.starts_at, contest.c.ends_at)
_GRANTS = (
    select(
        grant.c.rule,
        profile.c.telegram_id,
        event.c.key,
        grant.c.state,
        grant.c.points,
        grant.c.ledger_id.is_not(None),
        func.coalesce(coupon.c.code, ""),
        func.coalesce(gift.c.state, ""),
    )
    .select_from(
        grant.join(event, event.c.id == grant.c.event_id)
        .join(profile, profile.c.person_id == grant.c.person_id)
        .outerjoin(coupon, coupon.c.grant_id == grant.c.id)
        .outerjoin(gift, gift.c.grant_id == grant.c.id)
    )
    .where(grant.c.rule != BY_HAND)
)
_COUPONS = select(coupon.c.code, coupon.c.state)
_HONOURS = select(profile.c.telegram_id, honour.c.tier).join(profile, profile.c.person_id == honour.c.person_id)
_STANDINGS = (
    select(board.c.period, board.c.starts_at, board.c.ends_at, profile.c.telegram_id, standing.c.score)
    .select_from(standing.join(board).join(profile, profile.c.person_id == standing.c.person_id))
    .where(standing.c.score > 0)
)
_BOARDS = select(board.c.period, board.c.starts_at, board.c.ends_at)
_PLACINGS = (
    select(contest.c.key, profile.c.telegram_id)
    .select_from(placing.join(contest).join(profile, profile.c.person_id == placing.c.person_id))
    .order_by(placing.c.contest_id, placing.c.place)
)
_FIND_SALE = select(sale.c.id).where(sale.c.order_id == bindparam("order"))
_FIND_COUNTER = select(redemption.c.id).where(redemption.c.grant_id == bindparam("grant_id"))
_BALANCES = select(profile.c.telegram_id, account.c.balance).join(profile, profile.c.person_id == account.c.owner_id)
_SCORES = (
    select(profile.c.telegram_id, person.c.score)
    .join(profile, profile.c.person_id == person.c.id)
    .where(person.c.score > 0)
)

Board = tuple[str, int, int]


def list_balances(tx: Tx) -> dict[int, int]:
    """What everybody has who has, or had, any points."""
    return {telegram_id - FIRST: balance for telegram_id, balance in tx.rows(_BALANCES)}


class Books:
    """The shop's side of a game."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    @cached_property
    def _contests(self) -> dict[str, tuple[int, str, int, int]]:
        return {key: (number, state, starts, ends) for key, number, state, starts, ends in self._tx.rows(_CONTESTS)}

    def compose_cause(self, got: Got) -> str:
        """The key of the event that a grant came of; empty for one that there is not."""
        kind, of, more = got.cause
        if kind == "placed":
            return f"placed:{self._contests[str(of)][0]}:{more}"
        if kind in {"purchased", "refunded"}:
            order, left = (more, "") if kind == "purchased" else (of, f":{more}")
            return f"{kind}:sale:{self._tx.scalar(_FIND_SALE, order=order)}{left}"
        if kind == "cards_given":
            return f"{kind}:{self._tx.scalar(_FIND_PERSON, telegram_id=FIRST + int(of))}:{more}"
        found = self._tx.row(_FIND_REFERRAL, telegram_id=FIRST + int(of))
        referral_id = found[1] if found is not None else 0
        return f"{kind}:{referral_id}:{more}" if more else f"{kind}:{referral_id}"

    def find_grant(self, got: Got) -> GrantId:
        """The number of a grant; 0 for one that there is not."""
        found = self._tx.scalar(
            _FIND_GRANT, rule=got.says.key, telegram_id=FIRST + got.to, cause=self.compose_cause(got)
        )
        return GrantId(found or 0)

    def find_counter(self, got: Got) -> int:
        """Under which number it waits at the counter; 0 where it does not."""
        return int(self._tx.scalar(_FIND_COUNTER, grant_id=self.find_grant(got)) or 0)

    def list_grants(self) -> Counter[Held]:
        """All that rules gave."""
        return Counter(
            Held(rule, telegram_id - FIRST, key, state, points, bool(posted), code, sending)
            for rule, telegram_id, key, state, points, posted, code, sending in self._tx.rows(_GRANTS)
        )

    def list_scores(self) -> dict[int, int]:
        """How many friends count for whom."""
        return {telegram_id - FIRST: score for telegram_id, score in self._tx.rows(_SCORES)}

    def list_coupons(self) -> dict[str, str]:
        """How each code stands."""
        return {str(code): str(state) for code, state in self._tx.rows(_COUPONS)}

    def list_contests(self) -> dict[str, tuple[str, int, int]]:
        """How each contest stands, and how long it lasts."""
        return {key: (state, starts, ends) for key, (_, state, starts, ends) in self._contests.items()}

    def get_contest(self, key: str) -> int:
        """The number of a contest."""
        return int(self._contests[key][0])

    def list_winners(self) -> dict[str, list[int]]:
        """Who has won, by contest."""
        won: dict[str, list[int]] = {}
        for key, telegram_id in self._tx.rows(_PLACINGS):
            won.setdefault(key, []).append(telegram_id - FIRST)
        return won

    def list_tiers(self) -> dict[int, str]:
        """Who has which tier."""
        return {telegram_id - FIRST: tier for telegram_id, tier in self._tx.rows(_HONOURS) if tier}

    def list_boards(self) -> dict[Board, dict[int, int]]:
        """Who stands where on each ranking that there is."""
        boards: dict[Board, dict[int, int]] = {
            (period, since, until): {} for period, since, until in self._tx.rows(_BOARDS)
        }
        for period, since, until, telegram_id, score in self._tx.rows(_STANDINGS):
            boards[period, since, until][telegram_id - FIRST] = score
        return boards
