"""Until when something counts, and what points are worth to the shop, in a dialogue: begun at the look at all of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.part_answers import KEEP, NONE
from bot.core.liability import LIABILITY_LIMIT, WORTH_LIMIT, count_digits
from bot.core.numbers import parse_whole_number

Answers = Mapping[str, Any]

CHANGES = ("claim", "credit", "hold", "grace", "worth", "liability")
"""What can be changed."""

_DAYS = {"claim": "claim_days", "credit": "credit_days", "hold": "hold_days", "grace": "grace_days"}
_SUM = re.compile(r"(?P<before>[A-Za-z]{3})?\s*(?P<sum>[\d.,'\u2019\u00a0\u202f ]*\d)\s*(?P<behind>[A-Za-z]{3})?")
_FRACTION = re.compile(r"(\d{1,12})[.,](\d+)")


def order_terms(answers: Answers) -> Sequence[str]:
    """What is changed, between two looks at all of it; the last look alone leads out."""
    return (KEEP, answers["only"], KEEP) if answers.get("only") else (KEEP,)


def take_terms(answers: Answers, step: str, value: object) -> dict[str, Any]:
    """The answers with one more; what is not worth anything has no bound."""
    if step == KEEP:
        return {**answers, "only": "" if value == KEEP else value}
    if isinstance(value, str) and step in _DAYS and value != NONE:
        value = int(value)
    if isinstance(value, str) and step == "liability" and value != NONE:
        value = read_bound(value, answers["worth"][1])
    gone = {"liability": None} if step == "worth" else {}
    return {**answers, **gone, step: None if value == NONE else value}


def compose_terms(answers: Answers, draft: Campaign) -> Campaign:
    """The draft with what the answers say."""
    worth = answers.get("worth") or [0, ""]
    days = {name: answers[step] for step, name in _DAYS.items() if step != "credit"}
    return replace(
        draft,
        rules=replace(draft.rules, credit_days=answers.get("credit"), **days),
        worth_amount=worth[0],
        worth_currency=worth[1],
        liability_limit=answers.get("liability") or 0,
    )


def list_terms_answers(campaign: Campaign) -> dict[str, Any]:
    """A campaign's terms as the answers that say them."""
    worth = [campaign.worth_amount, campaign.worth_currency] if campaign.worth_amount else None
    days = {step: getattr(campaign.rules, name) for step, name in _DAYS.items()}
    return {**days, "worth": worth, "liability": campaign.liability_limit or None, "only": CHANGES[0]}


def read_worth(said: str) -> list[Any] | None:
    """What one point is worth, `0.05 EUR` or `500 IDR`, as minor units and currency."""
    found = _SUM.fullmatch(said.strip())
    currency = ((found["before"] or "") + (found["behind"] or "")).upper() if found is not None else ""
    if found is None or len(currency) != len("EUR"):
        return None
    amount = _read_sum(found["sum"], currency, WORTH_LIMIT)
    return None if amount is None else [amount, currency]


def read_bound(said: str, currency: str) -> int | None:
    """A sum in this currency, which need not be said, in minor units."""
    found = _SUM.fullmatch(said.strip())
    named = {each.upper() for each in (found["before"], found["behind"]) if each} if found is not None else set()
    return None if found is None or named - {currency} else _read_sum(found["sum"], currency, LIABILITY_LIMIT)


def _read_sum(said: str, currency: str, highest: int) -> int | None:
    digits = count_digits(currency)
    whole = parse_whole_number(said, highest)
    found = _FRACTION.fullmatch(said.strip()) if whole is None else None
    if found is not None and len(found[2]) <= digits:
        amount = int(Decimal(f"{int(found[1])}.{found[2]}").scaleb(digits))
        return amount if 1 <= amount <= highest else None
    return whole * 10**digits if whole is not None and whole * 10**digits <= highest else None
