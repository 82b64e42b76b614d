"""Numbers as each language writes them."""

from __future__ import annotations

_SWAPPED = str.maketrans(",.", ".,")


def format_number(value: float, language: str, *, digits: int = 0) -> str:
    """Thousands separated and `digits` decimals: 1,234.5 in English and Chinese, 1.234,5 in Indonesian."""
    text = f"{value:,.{digits}f}".replace("-", "\u2212")
    return text.translate(_SWAPPED) if language == "id" else text
