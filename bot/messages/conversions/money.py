"""Amounts as people read them."""

from __future__ import annotations

from bot.core.liability import count_digits
from bot.messages.texts import Texts


def show_money(texts: Texts, amount: int, currency: str) -> str:
    """Minor units in the person's way of writing numbers, with the currency's code."""
    digits = count_digits(currency)
    number = texts.number(amount / 10**digits, digits=digits)
    return f"{number}\u00a0{currency}" if currency else number
