"""A report of another system is taken, once, and the order it is about is settled with it: all or nothing."""

from __future__ import annotations

from enum import Enum, auto

from bot.services.conversions.settling import settle
from storage.conversion import ConversionId, ConversionType, Reason, Report, Sale, SaleState
from storage.frozen import frozen
from storage.records import PersonId
from storage.tables import api_keys, conversions, sales
from storage.tx import Tx

SETTLED = "settled"
"""What a refund is once its purchase is known, and a custom event once its member is."""


class RequestTaken(Exception):
    """Another request of the same id was handled at the same moment: asked again, this one is answered like it."""


class Outcome(Enum):
    """What came of a report."""

    TAKEN = auto()
    AGAIN = auto()
    """It was taken before."""
    OTHER = auto()
    """Something else was reported under the same number."""


@frozen
class Reported:
    """What its sender is answered."""

    outcome: Outcome
    conversion_id: ConversionId
    state: str
    reason: Reason = Reason.NONE
    """Where it waits: why."""


def report(tx: Tx, said: Report, *, request: str = "", actor_id: PersonId | None = None) -> Reported:
    """Take a report; the same again is answered the same.

    Args:
        tx: The transaction.
        said: What is reported.
        request: A digest of the request's own id, where it has one: it stands for one report.
        actor_id: Who of the team says it.

    Raises:
        RequestTaken: ask again.
    """
    known = api_keys.find_request(tx, request) if request else None
    if known is not None:
        fingerprint, answered_id = known
        return _answer(tx, answered_id, Outcome.AGAIN if fingerprint == said.fingerprint else Outcome.OTHER)
    sale = sales.lock_order(tx, said.order_id)
    conversion_id = conversions.add(tx, sale.id, said, actor_id=actor_id)
    if conversion_id is None:
        return _repeat(tx, sale, said, request)
    settled = settle(tx, sale)
    state = decide_said(settled, said.type)
    conversions.set_state(tx, conversion_id, state)
    _note(tx, request, said, conversion_id)
    return _compose(Outcome.TAKEN, conversion_id, state)


def decide_said(sale: Sale, type_: ConversionType) -> str:
    """How a report stands whose order stands so; of one that waits, the reason follows behind a colon."""
    unheard = type_ is ConversionType.CUSTOM and sale.person_id is None
    waits = unheard or type_ is ConversionType.PURCHASE or sale.amount is None
    if waits and sale.state is SaleState.WAITING:
        return f"{sale.state}:{sale.reason}"
    return sale.state if type_ is ConversionType.PURCHASE else SETTLED


def _repeat(tx: Tx, sale: Sale, said: Report, request: str) -> Reported:
    found = conversions.find(tx, sale.id, said.type, said.part)
    assert found is not None, "its order is locked"
    same = found.report.fingerprint in {"", said.fingerprint}  # empty: its buyer was forgotten
    if same:
        _note(tx, request, said, found.id)
    return _answer(tx, found.id, Outcome.AGAIN if same else Outcome.OTHER)


def _note(tx: Tx, request: str, said: Report, conversion_id: ConversionId) -> None:
    if request and not api_keys.note_request(tx, request, fingerprint=said.fingerprint, conversion_id=conversion_id):
        raise RequestTaken(request)


def _answer(tx: Tx, conversion_id: ConversionId, outcome: Outcome) -> Reported:
    return _compose(outcome, conversion_id, conversions.get(tx, conversion_id).state)


def _compose(outcome: Outcome, conversion_id: ConversionId, said: str) -> Reported:
    state, _, reason = said.partition(":")
    return Reported(outcome=outcome, conversion_id=conversion_id, state=state, reason=Reason(reason))
