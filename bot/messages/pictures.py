"""Why a picture of the shop is not taken, and what to do."""

from __future__ import annotations

from bot.core.pictures import PictureMistake, PictureProblem
from bot.messages.texts import Texts

_MEGABYTE = 1_000_000
_SENTENCES = {
    PictureProblem.EMPTY: "pictures.empty",
    PictureProblem.TOO_HEAVY: "pictures.too_heavy",
    PictureProblem.TOO_LARGE: "pictures.too_large",
    PictureProblem.TOO_SMALL: "pictures.too_small",
    PictureProblem.WRONG_KIND: "pictures.wrong_kind",
    PictureProblem.ANIMATED: "pictures.animated",
    PictureProblem.BROKEN: "pictures.broken",
}


def say_picture_mistake(texts: Texts, mistake: PictureMistake) -> str:
    """One or two sentences without formatting: which limit, and what would be taken."""
    key, limit = _SENTENCES[mistake.problem], mistake.limit
    if mistake.problem is not PictureProblem.TOO_HEAVY:
        return texts.plain(key, limit=limit)
    digits = 1 if mistake.found >= limit + _MEGABYTE // 10 else 3  # a little too much must not read like the limit
    megabytes = (texts.number(limit / _MEGABYTE), texts.number(mistake.found / _MEGABYTE, digits=digits))
    return texts.plain(key, limit=megabytes[0], found=megabytes[1])
