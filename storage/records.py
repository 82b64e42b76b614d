"""Frozen rows, enums, ids and names: what the tables hold, as plain values.

Times are UTC microseconds since 1970 (`_at`), points are whole numbers.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import NewType

from storage.addresses import Address
from storage.frozen import frozen
from storage.webhook import HookOwed

PersonId = NewType("PersonId", int)
ReferralId = NewType("ReferralId", int)
CampaignId = NewType("CampaignId", int)
VersionId = NewType("VersionId", int)
NoticeId = NewType("NoticeId", int)
BroadcastId = NewType("BroadcastId", int)
Seq = NewType("Seq", int)


class InboxState(StrEnum):
    """Where an update stands: not yet handled, handled, or given up after repeated failures."""

    OPEN = "open"
    DONE = "done"
    DEAD = "dead"


class NoticeState(StrEnum):
    """Where a notice stands."""

    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"


class ReferralState(StrEnum):
    """Where a referral stands; `WAITING` has not earned anything yet, `REVOKED` has given its rewards back."""

    WAITING = "waiting"
    QUALIFIED = "qualified"
    REVOKED = "revoked"


class Side(StrEnum):
    """The two sides of a referral."""

    INVITER = "inviter"
    INVITEE = "invitee"


class ShareWay(StrEnum):
    """How a member got hold of something to pass on."""

    CARD = "card"
    INLINE = "inline"
    QR = "qr"
    STORY = "story"
    PAGE = "page"
    PRINT = "print"
    GUEST = "guest"
    WORDS = "words"


class BroadcastState(StrEnum):
    """The life of a broadcast, in this order; `CANCELLED` and `DONE` are final."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


class DeliveryState(StrEnum):
    """The state of one recipient of a broadcast; all but the first two are final."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    BLOCKED = "blocked"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SKIPPED = "skipped"
    """Left out for a reason that is kept with it."""


@frozen
class Profile:
    """What Telegram says of a person: the only place where personal data lies."""

    telegram_id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    telegram_language: str = ""


_JOINERS = dict.fromkeys((0x200C, 0x200D))
"""Persian is written with them and mostly typed without."""


def fold_name(name: str) -> str:
    """Return a name as it is searched: without accents, capitals, joiners and doubled spaces, so that Zoë finds "zoe"."""
    if name.isascii():
        return " ".join(name.casefold().split())
    # Accents are of the classes from 200 on; lower ones are vowels and tones of scripts that need them.
    plain = unicodedata.normalize("NFKD", name.translate(_JOINERS))
    bare = "".join(char for char in plain if unicodedata.combining(char) < 200)
    return " ".join(unicodedata.normalize("NFKC", bare.casefold()).split())


def join_name(first_name: str | None, last_name: str | None) -> str:
    """Return the name to show for a person; empty for one whose profile is gone."""
    return " ".join(filter(None, (first_name, last_name)))


@frozen
class Person:
    """Anybody Telegram has shown us; a member once `started_at` is set."""

    id: PersonId
    profile: Profile
    code: str
    started_at: int | None
    language: str | None
    """The language chosen by /language; None follows Telegram's."""
    anonymous: bool
    """Appears in the ranking without a name."""
    blocked_at: int | None
    score: int
    """Qualified referrals."""
    balance: int = 0
    """Points, as they were when the person was read."""
    spoken_code: str | None = None
    """What to say on the telephone; None until one was given."""
    spoken_chosen: bool = False
    """Chose the spoken code, which is done once."""
    findable: bool = True
    """Can be named by a newcomer who came without a link."""
    nudges: bool = True
    """Agrees to be asked now and then to share."""
    own_words: str = ""
    """The member's own line on the card."""
    asked_at: int | None = None
    """When the bot asked who had recommended it."""
    shared_at: int | None = None
    """The last share."""
    nudged_at: int | None = None
    """When the bot last asked for a share, whatever the reason."""
    face: str = ""
    """Telegram's `file_unique_id` of the photo that stands on the cards; empty for none."""
    tier: str = ""
    """The key of the tier, as it was when the person was read; empty for none."""
    watched: bool = False
    """Has brought somebody who was looked at."""
    zone: str | None = None
    """Where they said to be, by a name of the IANA's; None follows the language."""
    news_off: frozenset[str] = frozenset()
    """Kinds of broadcasts they do not want."""
    seen_at: int | None = None
    """When somebody was last heard of, to a day."""

    @property
    def is_member(self) -> bool:
        """Whether this person has started the bot."""
        return self.started_at is not None


@frozen
class Ban:
    """What one 429 forbids, and until when."""

    scope: str
    """A chat, a family of methods, or everything; named by the gate."""
    until_at: int
    """UTC microseconds."""
    wait_seconds: int
    """How long it was when it began: whatever the clock says later, it is no longer than that."""


@frozen
class InboxRow:
    """One update as it came, waiting for its handling."""

    seq: Seq
    update_id: int
    sender_id: int | None
    """Telegram id whose updates are handled strictly one by one; None for updates of nobody."""
    raw: bytes
    failures: int


@frozen
class Referral:
    """The accepted fact that one person came by another: one per invitee, for ever."""

    id: ReferralId
    inviter_id: PersonId
    invitee_id: PersonId
    source: str
    state: ReferralState
    joined_at: int
    campaign_version_id: VersionId


@frozen
class Reminder:
    """How a friend who has not qualified was reminded."""

    reminded_at: int | None
    declined: bool


FOR_FRIEND = "invited_friend"
"""The reason of points for a friend, given or taken back; triggers keep their sum."""


@frozen
class Transfer:
    """One ledger line to be written: `amount` > 0 points from `debit` to `credit`, once per `key`."""

    debit: int
    credit: int
    amount: int
    key: str
    reason: str
    referral_id: ReferralId | None


@frozen
class Invitation:
    """One friend in the list of those who came by a member."""

    referral_id: ReferralId
    name: str
    state: ReferralState
    earned: int
    joined_at: int
    source: str = ""
    """By which way the friend came."""
    left_at: int | None = None
    """When the friend left the community chat, where the referral counted by being in it."""


@frozen
class RankLine:
    """One place in the ranking."""

    rank: int
    person_id: PersonId
    name: str
    """Empty for somebody who chose to appear without a name."""
    score: int
    tier: str = ""
    """The key of the tier; empty for none."""


@frozen
class OutboxRow:
    """A notice as it lies in the table; `bot.services.notices` reads it."""

    id: NoticeId
    address: Address
    kind: str
    payload: dict[str, int | str]
    attempts: int
    created_at: int
    topic_id: int | None = None
    """Of the recipient's chat, where it answers something that was asked there."""


@frozen
class NoticeOwed:
    """Told to the store's listeners after the commit that wrote a notice."""

    notice_id: NoticeId
    address: Address


@frozen
class HandoutOwed:
    """Told to the store's listeners after the commit that wrote a handout."""


@frozen
class BroadcastChanged:
    """Told to the store's listeners after a broadcast was started, paused, resumed or cancelled."""

    broadcast_id: BroadcastId


@frozen
class ShopChanged:
    """Told to the store's listeners after the shop or one of its campaigns was changed."""


@frozen
class CommitDoubted:
    """Told to the store's listeners after a commit whose end nobody saw: what it wrote may be there, and was not told."""


@frozen
class WrittenBeside:
    """Told to the store's listeners when another process has written something, or may have: what it was is to be looked for."""


@frozen
class UpdatesKept:
    """Told to the store's listeners after updates came into the inbox by a process that handles none."""


@frozen
class UpdateBrought:
    """Told likewise of an update that is answered now or never, and kept nowhere."""

    raw: str
    """As JSON; what is passed on between processes takes `BROUGHT_BYTES` of it."""


Event = (
    NoticeOwed
    | HandoutOwed
    | HookOwed
    | BroadcastChanged
    | ShopChanged
    | CommitDoubted
    | WrittenBeside
    | UpdatesKept
    | UpdateBrought
)
