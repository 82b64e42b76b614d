"""What may be told of a person in the database, and what becomes of it when the person is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType


class Fate(Enum):
    """What becomes of what a column holds."""

    GOES = auto()
    """With its row, or made empty."""
    NOBODYS = auto()
    """Never tells of a person: words and numbers of our own."""
    SHOPS = auto()
    """The shop's own words, which it answers for."""
    SEALED = auto()
    """A keyed hash that is no use to anybody but to know somebody again for a while."""


FATES: Mapping[str, Fate] = MappingProxyType(
    {
        "audit.act": Fate.NOBODYS,
        "audit.after": Fate.SHOPS,
        "audit.before": Fate.SHOPS,
        "audit.subject": Fate.SHOPS,
        "board.period": Fate.SHOPS,
        "broadcast.content": Fate.SHOPS,
        "broadcast.state": Fate.NOBODYS,
        "campaign.draft": Fate.SHOPS,
        "campaign.file": Fate.SHOPS,
        "campaign.slug": Fate.SHOPS,
        "campaign.state": Fate.NOBODYS,
        "campaign_version.content": Fate.SHOPS,
        "campaign_version.digest": Fate.NOBODYS,
        "card.file_id": Fate.GOES,
        "card.version": Fate.GOES,
        "chat_join.telegram_id": Fate.GOES,
        "chat_link.link": Fate.GOES,
        "checkpoint.log": Fate.NOBODYS,
        "checkpoint.peaks": Fate.NOBODYS,
        "checkpoint.root": Fate.NOBODYS,
        "click.source": Fate.GOES,
        "code_key.key": Fate.NOBODYS,
        "command_menu.digest": Fate.NOBODYS,
        "command_menu.telegram_id": Fate.GOES,
        "conversation.data": Fate.GOES,
        "conversation.flow": Fate.GOES,
        "conversation.step": Fate.GOES,
        "coupon.code": Fate.SHOPS,
        "coupon.folded": Fate.SHOPS,
        "coupon.pool": Fate.SHOPS,
        "coupon.state": Fate.NOBODYS,
        "delivery.error": Fate.NOBODYS,
        "delivery.message_id": Fate.NOBODYS,
        "delivery.state": Fate.NOBODYS,
        "due_job.error": Fate.NOBODYS,
        "due_job.name": Fate.NOBODYS,
        "event.key": Fate.NOBODYS,
        "event.kind": Fate.NOBODYS,
        "face.content": Fate.GOES,
        "face.photo_id": Fate.GOES,
        "flood_wait.scope": Fate.GOES,
        "forgotten.fingerprint": Fate.SEALED,
        "grant.kind": Fate.NOBODYS,
        "grant.rule": Fate.NOBODYS,
        "grant.side": Fate.NOBODYS,
        "grant.state": Fate.NOBODYS,
        "grant.what": Fate.NOBODYS,
        "guess.telegram_id": Fate.GOES,
        "handout.error": Fate.GOES,
        "handout.kind": Fate.GOES,
        "handout.state": Fate.GOES,
        "handout.story": Fate.GOES,
        "handout.version": Fate.GOES,
        "inbox.error": Fate.GOES,
        "inbox.raw": Fate.GOES,
        "inbox.sender_id": Fate.GOES,
        "inbox.state": Fate.NOBODYS,
        "inspection.head": Fate.NOBODYS,
        "inspection.said": Fate.NOBODYS,
        "ledger.key": Fate.NOBODYS,
        "ledger.reason": Fate.NOBODYS,
        "link_revocation.link": Fate.GOES,
        "outbox.address": Fate.SHOPS,
        "outbox.channel": Fate.NOBODYS,
        "outbox.error": Fate.GOES,
        "outbox.key": Fate.GOES,
        "outbox.kind": Fate.GOES,
        "outbox.payload": Fate.GOES,
        "outbox.state": Fate.GOES,
        "person.code": Fate.GOES,
        "person.face": Fate.GOES,
        "person.language": Fate.GOES,
        "person.own_words": Fate.GOES,
        "person.spoken_code": Fate.GOES,
        "picture.content": Fate.SHOPS,
        "picture.sha256": Fate.SHOPS,
        "picture.read_from": Fate.SHOPS,
        "pool.name": Fate.SHOPS,
        "pool.warned": Fate.NOBODYS,
        "profile.first_name": Fate.GOES,
        "profile.last_name": Fate.GOES,
        "profile.search_first_name": Fate.GOES,
        "profile.search_name": Fate.GOES,
        "profile.search_username": Fate.GOES,
        "profile.telegram_id": Fate.GOES,
        "profile.telegram_language": Fate.GOES,
        "profile.username": Fate.GOES,
        "redemption.item": Fate.SHOPS,
        "redemption.reference": Fate.NOBODYS,
        "redemption.state": Fate.NOBODYS,
        "referral.source": Fate.NOBODYS,
        "referral.state": Fate.NOBODYS,
        "role.role": Fate.GOES,
        "role.telegram_id": Fate.GOES,
        "share.story": Fate.GOES,
        "share.way": Fate.GOES,
        "shop.announce_chat": Fate.SHOPS,
        "shop.community_chat": Fate.SHOPS,
        "shop.zone": Fate.SHOPS,
        "shop.announce_said": Fate.SHOPS,
        "shop.community_said": Fate.SHOPS,
        "shop.zone_said": Fate.SHOPS,
        "shop.file_digest": Fate.NOBODYS,
        "spoken.code": Fate.GOES,
        "stock.item": Fate.SHOPS,
        "tally.key": Fate.NOBODYS,
        "tally.subject": Fate.NOBODYS,
        "team_invitation.role": Fate.NOBODYS,
        "team_invitation.token_hash": Fate.SEALED,
        "visit.code": Fate.GOES,
        "visit.visitor": Fate.GOES,
        "warning.key": Fate.NOBODYS,
    }
)
"""Every column that can hold text, bytes or somebody's number at Telegram; a new one is told here before it is used."""
