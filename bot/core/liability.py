"""What a shop owes its members: points that can be spent, and what is promised besides."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from bot.core.campaigns.file import CampaignFile, Path
from storage.facts import LiabilityLevel
from storage.frozen import frozen

WORTH_LIMIT = 1_000_000
"""Minor units for one point."""

LIABILITY_LIMIT = 1_000_000_000_000
"""Minor units of all that is promised."""

NEAR, CALM = (9, 10), (7, 10)
"""From nine tenths of the bound on owners are warned; below seven tenths a warning is forgotten."""

_FIELDS = ("amount", "currency")
_LIMITS = ("liability",)
_DIGITS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0)
    | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
)
"""How many digits minor units have where they are not two: ISO 4217."""

USUAL_DIGITS = 2


@frozen
class Liability:
    """What is owed at this moment."""

    points: int = 0
    """On members' balances, held for them, and paid for what waits at the counter."""
    coupons: int = 0
    """Given and not used, or waited for."""
    gifts: int = 0
    """Telegram gifts that were earned and have not arrived."""


def decide_level(points: int, most: int) -> LiabilityLevel:
    """How near so many promised points are to their bound."""
    return LiabilityLevel.NEAR if points * NEAR[1] >= most * NEAR[0] else LiabilityLevel.CALM


def decide_told(level: LiabilityLevel, told: LiabilityLevel, *, same_bound: bool) -> bool:
    """Whether owners hear of it: of each level once, until the bound is another or there is much room again."""
    order = [*LiabilityLevel]
    return level is not LiabilityLevel.CALM and (not same_bound or order.index(level) > order.index(told))


def decide_forgotten(points: int, most: int) -> bool:
    """Whether there is so much room again that owners are to hear of it anew when there is not."""
    return points * CALM[1] < most * CALM[0]


def count_digits(currency: str) -> int:
    """How many digits the minor units of a currency have."""
    return _DIGITS.get(currency, USUAL_DIGITS)


def compute_worth(points: int, amount: int, currency: str) -> Decimal:
    """What points are worth in major units, `amount` minor ones each."""
    return Decimal(points * amount).scaleb(-count_digits(currency))


def take_worth(file: CampaignFile, path: Path) -> tuple[int, str]:
    """What one point is worth, in minor units of a currency; nothing where the file says nothing of it.

    Raises:
        CampaignMistake: at the first thing that cannot be.
    """
    if not file.holds(path):
        return 0, ""
    file.take_table(path, _FIELDS)
    amount = file.attempt(0, file.take_whole_number, (*path, "amount"), WORTH_LIMIT)
    return amount, file.attempt("", _take_currency, file, (*path, "currency"))


def take_limit(file: CampaignFile, path: Path, worth_amount: int) -> int:
    """What members may be promised in points at most, in minor units; 0 where the file says nothing of it.

    Raises:
        CampaignMistake: at the first thing that cannot be.
    """
    if not file.holds(path):
        return 0
    file.take_table(path, _LIMITS)
    limit = file.take_whole_number((*path, _LIMITS[0]), LIABILITY_LIMIT)
    if not worth_amount:
        problem = 'nobody knows what a point is worth. Write worth = { amount = 5, currency = "EUR" } under [points].'
        raise file.mistake((*path, _LIMITS[0]), problem)
    if limit < worth_amount:
        raise file.mistake((*path, _LIMITS[0]), f"not even one point fits: it is worth {worth_amount}. Write more.")
    return limit


def _take_currency(file: CampaignFile, path: Path) -> str:
    value = file.take_text(path, 64, '"EUR"')
    if not (len(value) == len("EUR") and value.isascii() and value.isupper() and value.isalpha()):
        raise file.mistake(path, f'"{value}" cannot be. Write the three capital letters of a currency, like "EUR".')
    return value
