"""The tables as they are, read past the bot and its store."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, create_engine, func, inspect, select
from sqlalchemy.pool import NullPool

from storage.engines.postgres_connection import find_schema
from storage.records import BroadcastState
from storage.schema.fairness import review
from storage.schema.messages import broadcast, delivery, flood_wait, inbox, outbox
from storage.schema.people import guess, person, profile
from storage.schema.referrals import account, ledger, referral
from storage.schema.rewards import event, grant
from storage.schema.sharing import handout, share

Row = tuple[Any, ...]

_OPEN = select(func.count()).select_from(inbox).where(inbox.c.state == "open")
_OWED = select(func.count()).select_from(outbox).where(outbox.c.state == "owed")
_DUE = select(func.count()).select_from(handout).where(handout.c.state != "unknown")
_UNKNOWN_CARDS = select(handout.c.person_id).where(handout.c.state == "unknown")
_PEOPLE = select(
    profile.c.telegram_id,
    person.c.id,
    person.c.code,
    person.c.started_at,
    person.c.language,
    person.c.anonymous,
    person.c.blocked_at,
    person.c.score,
    account.c.balance,
).select_from(
    person.join(profile, profile.c.person_id == person.c.id).outerjoin(account, account.c.owner_id == person.c.id)
)
_REFERRALS = select(referral.c.id, referral.c.inviter_id, referral.c.invitee_id, referral.c.source)
_LEDGER = select(ledger.c.referral_id, account.c.owner_id, ledger.c.amount).select_from(
    ledger.join(account, account.c.id == ledger.c.credit_id)
)
_REWARDS = select(event.c.referral_id, grant.c.person_id, grant.c.points).join_from(grant, event)
_SHARES = select(share.c.person_id, share.c.way, func.count()).group_by(share.c.person_id, share.c.way)
_BROADCASTS = (
    select(broadcast.c.id, broadcast.c.action, broadcast.c.state)
    .where(broadcast.c.started_at.is_not(None))
    .order_by(broadcast.c.id)
)
_UNDER_WAY = (
    select(func.count())
    .select_from(broadcast)
    .where(broadcast.c.state.in_([BroadcastState.RUNNING, BroadcastState.PAUSED]))
)
_HELD = select(review.c.referral_id, review.c.evidence).order_by(review.c.referral_id)
_NOTICES = select(outbox.c.kind, outbox.c.recipient_id, outbox.c.state, outbox.c.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person as the tables have them."""

    telegram_id: int
    id: int
    code: str
    started_at: int | None
    language: str | None
    anonymous: bool
    blocked_at: int | None
    score: int
    balance: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """Everything that updates can change, copied at one moment."""

    people: dict[int, Member]
    """By Telegram id."""
    referrals: list[Row]
    """Referral, inviter, invitee (person ids), source."""
    ledger: Counter[Row]
    """Referral, credited person, amount."""
    rewards: Counter[Row]
    """Referral, person, points."""
    shares: dict[tuple[int, str], int]
    """By person id and way."""
    misses: dict[int, int]
    """By Telegram id."""
    updates: dict[int, str]
    """State of every update by its id."""
    notices: list[Row]
    """Kind, recipient, state, error."""
    unknown_cards: frozenset[int] = frozenset()
    """Person ids of whose own card, sent without being asked for, nobody knows whether it arrived."""
    held: Sequence[Row] = ()
    """Referral, and what was noticed of it: friends who were looked at before they counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastBooks:
    """What the tables say of a broadcast of a run, or of its edit, or its deletion."""

    action: str = "send"
    state: str
    deliveries: list[tuple[int, str]]
    """Telegram id and state of each recipient."""


class Reader:
    """Looks into a database that the bot may be using."""

    def __init__(self, url: str) -> None:
        schema = find_schema(url)
        options = {"options": f"-c search_path={schema}"} if schema else {}
        address = re.sub(r"[?&]schema=[^&]*$", "", url).replace("postgresql://", "postgresql+psycopg://")
        self._engine = create_engine(address, poolclass=NullPool, connect_args=options)

    def is_all_done(self) -> bool:
        """Whether no update is open, and neither a notice nor a card is owed."""
        with self._engine.connect() as connection:
            return not any(connection.scalar(count) for count in (_OPEN, _OWED, _DUE))

    def find_flood_wait(self) -> int:
        """Return until when sending is forbidden, UTC microseconds; 0 where it never was, or there are no tables yet."""
        with self._engine.connect() as connection:
            if not inspect(connection).has_table(flood_wait.name):
                return 0
            return connection.scalar(select(func.max(flood_wait.c.until_at))) or 0

    def are_broadcasts_over(self) -> bool:
        """Whether no broadcast runs or is paused any more."""
        with self._engine.connect() as connection:
            return not connection.scalar(_UNDER_WAY)

    def find_states(self) -> dict[str, str]:
        """Return the state of what was confirmed last, by what it does: send, edit, delete."""
        with self._engine.connect() as connection:
            return {action: state for _, action, state in connection.execute(_BROADCASTS)}

    def list_broadcasts(self) -> list[BroadcastBooks]:
        """Return what was confirmed, in order."""
        joined = delivery.join(profile, profile.c.person_id == delivery.c.person_id)
        states = select(profile.c.telegram_id, delivery.c.state).select_from(joined)
        with self._engine.connect() as connection:
            return [
                BroadcastBooks(
                    action=action,
                    state=state,
                    deliveries=[
                        (each[0], each[1]) for each in _list(connection, states.where(delivery.c.broadcast_id == of))
                    ],
                )
                for of, action, state in connection.execute(_BROADCASTS).all()
            ]

    def find_languages(self) -> dict[int, str]:
        """Return the language that each has chosen, by Telegram id."""
        chosen = select(profile.c.telegram_id, person.c.language).join_from(profile, person)
        with self._engine.connect() as connection:
            return dict(_list(connection, chosen.where(person.c.language.is_not(None))))

    def copy(self) -> Books:
        """Read everything."""
        with self._engine.connect() as connection:
            fields = [column.name for column in _PEOPLE.selected_columns]
            people = [Member(**dict(zip(fields, row, strict=True))) for row in _list(connection, _PEOPLE)]
            return Books(
                people={member.telegram_id: member for member in people},
                referrals=_list(connection, _REFERRALS),
                ledger=Counter(_list(connection, _LEDGER)),
                rewards=Counter(_list(connection, _REWARDS)),
                shares={(person_id, way): count for person_id, way, count in _list(connection, _SHARES)},
                misses=dict(_list(connection, select(guess.c.telegram_id, guess.c.misses))),
                updates=dict(_list(connection, select(inbox.c.update_id, inbox.c.state))),
                notices=_list(connection, _NOTICES),
                held=_list(connection, _HELD),
                unknown_cards=frozenset(person_id for (person_id,) in _list(connection, _UNKNOWN_CARDS)),
            )


def _list(connection: Connection, statement: Select[Any]) -> list[Any]:
    return [tuple(row) for row in connection.execute(statement)]
