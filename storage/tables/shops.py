"""Whose bot it is: the one row of table `shop`."""

from __future__ import annotations

from sqlalchemy import bindparam, literal_column, select, update

from storage.errors import RowMissing
from storage.frozen import frozen
from storage.records import CampaignId, PersonId, ShopChanged, VersionId
from storage.schema.campaigns import campaign, campaign_version, shop
from storage.tx import Conflicting, Tx

_CHATS = ("announce_chat", "community_chat", "community_id", "zone")
_SAID = ("announce_said", "community_said", "zone_said", "file_digest")
_KEPT = (*_CHATS, *_SAID)

_SET = Conflicting(
    lambda insert: (
        insert(shop)
        .from_select(
            ["id", "campaign_id", *_KEPT],
            select(
                bindparam("one", type_=shop.c.id.type),
                campaign_version.c.campaign_id,
                *(bindparam(name, type_=shop.c[name].type) for name in _KEPT),
            ).where(campaign_version.c.id == bindparam("version_id")),
        )
        .on_conflict_do_update(
            index_elements=["id"],
            set_={"campaign_id": insert(shop).excluded.campaign_id}
            | {name: insert(shop).excluded[name] for name in _KEPT},
        )
    )
)
_GET = (
    select(
        campaign_version.c.id,
        campaign_version.c.digest,
        campaign.c.id,
        *(shop.c[name] for name in (*_KEPT, "revision", "bot_username", "hook_kinds")),
    )
    .select_from(shop)
    .join(campaign, campaign.c.id == shop.c.campaign_id)
    .join(
        campaign_version,
        (campaign_version.c.campaign_id == campaign.c.id) & (campaign_version.c.number == campaign.c.version_number),
    )
    .where(shop.c.id == literal_column("1"))
)
_TIERS_SEEN = select(shop.c.tiers_digest, shop.c.tiers_upto).where(shop.c.id == literal_column("1"))
_SET_TIERS_SEEN = (
    update(shop)
    .where(shop.c.id == literal_column("1"))
    .values(tiers_digest=bindparam("digest"), tiers_upto=bindparam("upto"))
)
_HOOK_KINDS = select(shop.c.hook_kinds).where(shop.c.id == literal_column("1"))
_SET_HOOK_KINDS = update(shop).where(shop.c.id == literal_column("1")).values(hook_kinds=bindparam("kinds"))
_LOCK = select(shop.c.id).where(shop.c.id == literal_column("1")).with_for_update()
_NOTE_CHANGED = (
    update(shop).where(shop.c.id == literal_column("1")).values(revision=shop.c.revision + literal_column("1"))
)
_SET_MAIN = update(shop).where(shop.c.id == literal_column("1")).values(campaign_id=bindparam("campaign_id"))
_SET_FILE_DIGEST = update(shop).where(shop.c.id == literal_column("1")).values(file_digest=bindparam("digest"))
_CHANGES = {
    name: update(shop).where(shop.c.id == literal_column("1")).values({name: bindparam("value")})
    for name in ("announce_chat", "community_chat", "zone", "bot_username")
}
_SET_COMMUNITY = update(shop).where(shop.c.id == literal_column("1")).values(community_id=bindparam("number"))

_SET_SALT = (
    update(shop)
    .where(shop.c.id == literal_column("1"), shop.c.salt_day < bindparam("day"))
    .values(salt=bindparam("fresh"), salt_day=bindparam("day"))
)
_GET_SALT = select(shop.c.salt, shop.c.salt_day).where(shop.c.id == literal_column("1"))

_DESK = select(shop.c.staff_chat, shop.c.answer_hours).where(shop.c.id == literal_column("1"))
_SET_DESK = (
    update(shop)
    .where(shop.c.id == literal_column("1"))
    .values(staff_chat=bindparam("chat"), answer_hours=bindparam("hours"))
)


@frozen
class Said:
    """What settings say of a shop: empty for nothing, None where that was never remembered."""

    announce_chat: str | None = None
    community_chat: str | None = None
    zone: str | None = None


@frozen
class ShopRow:
    """What units of work need of the shop."""

    version_id: VersionId
    """What its main campaign promises now."""
    digest: str
    announce_chat: str | None
    """As the shop names it; None where joins are not announced."""
    community_chat: str | None
    """As the shop names it."""
    community_id: int | None
    """The number the community chat has now; None where there is none, or where it is not known yet."""
    revision: int
    """Grows with every change."""
    campaign_id: CampaignId
    """The main campaign."""
    zone: str | None
    """Where the shop is, by a name of the IANA's; None for UTC."""
    said: Said
    """By the settings, at the last start."""
    bot_username: str
    """What Telegram called the bot when it was asked last; empty before."""
    file_digest: str | None
    """Of the campaign file's content at the last start; None before that was remembered."""
    hook_kinds: str
    """What other systems want to hear of, with a blank at each end of each; empty for nothing."""


def get(tx: Tx) -> ShopRow:
    """Return the shop.

    Raises:
        RowMissing: it was never opened.
    """
    shop = find(tx)
    if shop is None:
        raise RowMissing("The shop was never opened.")
    return shop


def find(tx: Tx) -> ShopRow | None:
    """Return the shop; None before it was first opened."""
    row = tx.row(_GET)
    if row is None:
        return None
    (
        version_id,
        digest,
        campaign_id,
        announce_chat,
        community_chat,
        community_id,
        zone,
        *said,
        file_digest,
        revision,
        bot_username,
        hook_kinds,
    ) = row
    tx.seen["hook_kinds"] = hook_kinds
    return ShopRow(
        version_id=VersionId(version_id),
        digest=digest,
        announce_chat=announce_chat,
        community_chat=community_chat,
        community_id=community_id,
        revision=revision,
        bot_username=bot_username,
        campaign_id=CampaignId(campaign_id),
        zone=zone,
        said=Said(announce_chat=said[0], community_chat=said[1], zone=said[2]),
        file_digest=file_digest,
        hook_kinds=hook_kinds,
    )


def set_shop(
    tx: Tx,
    *,
    version_id: VersionId,
    announce_chat: str | None,
    community_chat: str | None,
    community_id: int | None,
    zone: str | None = None,
    said: Said = Said(),  # noqa: B008 -- a frozen value
    file_digest: str,
) -> None:
    """Write who the shop is; its main campaign is the one that the version belongs to."""
    chats = {"announce_chat": announce_chat, "community_chat": community_chat, "community_id": community_id}
    words = {
        "announce_said": said.announce_chat,
        "community_said": said.community_chat,
        "zone_said": said.zone,
        "file_digest": file_digest,
    }
    tx.run(_SET, one=1, version_id=version_id, zone=zone, **chats, **words)
    note_changed(tx)


def note_changed(tx: Tx) -> None:
    """Have whoever holds a picture of the shop take a new one, in this process and in others."""
    tx.run(_NOTE_CHANGED)
    tx.tell(ShopChanged())


def set_file_digest(tx: Tx, digest: str) -> None:
    """Remember what the campaign file said at the last start."""
    tx.run(_SET_FILE_DIGEST, digest=digest)


def set_main(tx: Tx, campaign_id: CampaignId) -> None:
    """Make a campaign the one that links without a campaign mean; it has a version."""
    tx.run(_SET_MAIN, campaign_id=campaign_id)
    note_changed(tx)


def set_announce_chat(tx: Tx, chat: str | None) -> None:
    """Announce joins there from now on; None for nowhere."""
    tx.run(_CHANGES["announce_chat"], value=chat)
    note_changed(tx)


def set_community_chat(tx: Tx, chat: str | None, chat_id: int | None) -> None:
    """Invite friends there from now on; None for nowhere. Its number is the one given, if that is known."""
    tx.run(_CHANGES["community_chat"], value=chat)
    tx.run(_SET_COMMUNITY, number=chat_id)
    note_changed(tx)


def set_zone(tx: Tx, zone: str | None) -> None:
    """The shop's days begin and end there; None for UTC."""
    tx.run(_CHANGES["zone"], value=zone)
    note_changed(tx)


def set_community(tx: Tx, chat_id: int) -> None:
    """The community chat has this number now."""
    tx.run(_SET_COMMUNITY, number=chat_id)


def is_told(tx: Tx, kind: str) -> bool:
    """Whether another system wants to hear of a kind of events; asked of the database once in a transaction."""
    kinds: str | None = tx.seen.get("hook_kinds")
    if kinds is None:
        kinds = tx.seen["hook_kinds"] = str(tx.scalar(_HOOK_KINDS) or "")
    return f" {kind} " in kinds


def set_hook_kinds(tx: Tx, kinds: str) -> None:
    """Some other system wants to hear of these from now on, with a blank at each end of each; no screen shows it."""
    tx.run(_SET_HOOK_KINDS, kinds=kinds)
    tx.seen["hook_kinds"] = kinds


def set_bot_username(tx: Tx, username: str) -> None:
    """Telegram calls the bot so."""
    tx.run(_CHANGES["bot_username"], value=username)
    note_changed(tx)


def fetch_salt(tx: Tx, day: int, fresh: str) -> tuple[str, int]:
    """Return the salt of a UTC day, which is `fresh` where there is none yet, and which day's it is: a later one stays."""
    tx.run(_SET_SALT, day=day, fresh=fresh)
    row = tx.row(_GET_SALT)
    return (fresh, day) if row is None else (str(row[0]), int(row[1]))


def find_desk(tx: Tx) -> tuple[str | None, int]:
    """Return the staff's group as the settings name it (None for none), and within how many hours an answer is promised."""
    row = tx.row(_DESK)
    return (None, 24) if row is None else (row[0], row[1])


def set_desk(tx: Tx, chat: str | None, hours: int) -> None:
    """As the settings say from this start on."""
    tx.run(_SET_DESK, chat=chat, hours=hours)


def lock(tx: Tx) -> None:
    """Let what must be decided one after the other wait here for its turn, until this transaction ends."""
    tx.row(_LOCK)


def get_tiers_seen(tx: Tx) -> tuple[str, PersonId]:
    """Return by which tiers everybody was looked at, and up to whom by those that hold now.

    Raises:
        RowMissing: it was never opened.
    """
    row = tx.row(_TIERS_SEEN)
    if row is None:
        raise RowMissing("The shop was never opened.")
    return str(row[0]), PersonId(row[1])


def set_tiers_seen(tx: Tx, digest: str, upto: PersonId) -> None:
    """Write it down; no screen shows it."""
    tx.run(_SET_TIERS_SEEN, digest=digest, upto=upto)
