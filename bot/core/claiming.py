"""A newcomer without a link says who recommended the shop: for how long, what was typed, and who is meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum, auto

from bot.core.durations import DAY
from bot.core.links import Addresses, Payload, Window, find_named, normalise
from bot.core.names import clean_text
from storage.frozen import frozen
from storage.records import PersonId

CHOICES = 5
"""Of people with the same name so many are offered."""

TYPED_LIMIT = 129
"""Code points of what is typed: a first name, a blank and a last name of Telegram's 64 each."""

WORDS_LIMIT = 8
"""Words of the longest name; what has more is a sentence."""

_TOLD = re.compile(r"(?<![\w-])[^\W\d_]{1,16}-[^\W\d_]{1,16}-\d{2,4}(?![\w-])")
"""A spoken code as the bot writes it."""

_SENTENCE = re.compile("[?!\u3002]")


class Outcome(Enum):
    """What came of an attempt to say it."""

    CREDITED = auto()
    SEVERAL = auto()
    NOBODY = auto()
    ONESELF = auto()
    OWN_GUEST = auto()
    """The person named came by the one who names them."""
    STALE = auto()
    """A choice among people who were not offered, or not any more."""
    HAS_INVITER = auto()
    CLOSED = auto()
    THROTTLED = auto()


@frozen(kw_only=False)
class Claim:
    """What was typed. A link or a username says all; a code alone may be a name as well: then `words` hold it too."""

    payload: Payload | None = None
    """Of a member's link, or a code alone."""
    username: str = ""
    """Without the @."""
    words: str = ""
    """A name, a username without its @, or a spoken code."""
    telegram_id: int = 0
    """Of somebody who was picked rather than typed."""
    invite: str = ""
    """A link into the community chat that may be a member's own."""
    is_told: bool = False
    """The words are a spoken code as the bot writes it, whatever stood around it."""


@frozen(kw_only=False)
class Offer:
    """People found and shown: `number` is of this search alone."""

    number: int
    ids: tuple[PersonId, ...]


def decide_window(*, started_at: int | None, claim_days: int, has_referral: bool, now: int) -> Window:
    """Whether somebody who started at that moment can still name an inviter; a referral is for ever, even a revoked one."""
    if has_referral:
        return Window.HAS_INVITER
    return Window.OPEN if started_at is not None and now < compute_end(started_at, claim_days) else Window.CLOSED


def compute_end(began_at: int, claim_days: int) -> int:
    """The moment after which a claim can no longer be made, or a claimed credit no longer be refused."""
    return began_at + claim_days * DAY


def parse_claim(text: str, addresses: Addresses) -> Claim:
    """Read what a newcomer typed, pasted or forwarded."""
    named = find_named(text, addresses)
    if named.is_link:
        return Claim(payload=named.payload)
    if named.invite:
        return Claim(invite=named.invite)
    told = _TOLD.findall(normalise(text))
    if named.payload is None and len(set(told)) == 1:
        return Claim(words=told[0], is_told=True)
    if named.username:
        return Claim(username=named.username)
    typed = clean_text(unicodedata.normalize("NFKC", text[: 4 * TYPED_LIMIT]), limit=TYPED_LIMIT)
    if named.telegram_id:
        return Claim(telegram_id=named.telegram_id, words=typed.partition("tg:")[0].strip())
    return Claim(payload=named.payload, words=typed)


def decide_named(text: str, addresses: Addresses) -> bool:
    """Whether a text can be meant as a name, a username, a link or a code, and not as something told or asked."""
    claim = parse_claim(text, addresses)
    if claim.payload is not None or claim.username or claim.telegram_id or claim.invite or claim.is_told:
        return True
    words = claim.words
    return (
        len(text) <= TYPED_LIMIT
        and len(words.split()) <= WORDS_LIMIT
        and any(char.isalnum() for char in words)
        and not _SENTENCE.search(words)
    )


def compose_label(first_name: str, last_name: str, username: str = "") -> str:
    """How somebody is shown to a stranger who may know them: first name and initial only."""
    first, last = clean_text(first_name, limit=32), clean_text(last_name, limit=32)
    if not first:
        first, last = last, ""
    if not first:
        return clean_text(username, limit=32)
    initial = last[:1].upper()[:1]
    if not initial.isalpha():
        return first
    return f"{first} {initial}." if initial.isupper() else f"{first} {initial}"


def compose_offer(offer: Offer) -> str:
    """The offer as it is kept with the expectation."""
    return " ".join(map(str, (offer.number, *offer.ids)))


def parse_offer(argument: str) -> Offer | None:
    """The offer that was kept; None where nobody was offered."""
    number, *ids = argument.split() or [""]
    return Offer(int(number), tuple(PersonId(int(each)) for each in ids)) if ids else None


def find_offered(offer: Offer | None, number: int, place: int) -> PersonId | None:
    """Whom a tap chose; None for anybody who was not offered by that search."""
    if offer is None or offer.number != number or not 0 <= place < len(offer.ids):
        return None
    return offer.ids[place]


def decide_found(found: Sequence[PersonId]) -> Outcome:
    """What to do with those who may be meant, the asker no longer among them."""
    if not found:
        return Outcome.NOBODY
    return Outcome.CREDITED if len(found) == 1 else Outcome.SEVERAL
