"""Campaign files become what holds: at the start of the bot, or by command beside it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import field

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.content import compose_content, compute_digest
from bot.core.campaigns.parts import list_changed
from bot.services.audit import Act
from bot.services.campaigns import get_terms
from bot.services.campaigns.notices import FileKept, FileTaken
from bot.services.members import enter
from bot.services.notices import Notice, owe
from storage.addresses import MemberAddress
from storage.campaign import CampaignState
from storage.frozen import frozen
from storage.records import PersonId, Profile, VersionId
from storage.role import Role
from storage.tables import audit, campaigns, conversations, people, pictures, roles, shops, webhooks
from storage.tables.campaigns import CampaignRow
from storage.tables.pictures import StoredPicture
from storage.tables.shops import Said, ShopRow
from storage.tx import Tx

logger = logging.getLogger(__name__)


@frozen
class Source:
    """A campaign as its file has it."""

    campaign: Campaign
    text: str = field(default="", repr=False)
    """The whole file, remarks included; empty where there is none."""
    pictures: Collection[StoredPicture] = ()


@frozen
class Opening:
    """What came of the campaign file at a start."""

    taken: bool
    """It says something new, which holds from now on."""
    kept: bool
    """What the shop promises was changed since, by other ways, and goes on holding."""


def open_shop(
    tx: Tx,
    source: Source,
    *,
    announce_chat: int | str | None = None,
    community_chat: int | str | None = None,
    community_id: int | None = None,
    zone: str | None = None,
    shipped: bool = False,
) -> Opening:
    """The bot starts: take what the campaign file, and the settings of the shop's chats and zone, say that they did not say before.

    What was changed since, in the chat or by command, holds as long as they say what they said. What people were asked
    by a clock that was ahead waits from now on, too.

    Args:
        tx: The transaction.
        source: The campaign file.
        announce_chat: Where joins are announced, as the settings name it.
        community_chat: Where friends are invited to, likewise.
        community_id: Its number, if known; what was known of the same chat stays.
        zone: Where the shop is, likewise, by a name of the IANA's.
        shipped: The file comes with the program, and is no word of the shop's: it holds until there is one.
    """
    digest, before = compute_digest(compose_content(source.campaign)), shops.find(tx)
    said = Said(announce_chat=str(announce_chat or ""), community_chat=str(community_chat or ""), zone=zone or "")
    chats = hear(said, before)
    same = before is not None and (shipped or digest == (before.file_digest or before.digest))
    if before is not None and before.community_chat == chats.community_chat:
        community_id = (community_id if chats.community_chat == said.community_chat else None) or before.community_id
    shops.set_shop(
        tx,
        version_id=before.version_id if before is not None and same else apply_campaign(tx, source),
        announce_chat=chats.announce_chat,
        community_chat=chats.community_chat,
        community_id=community_id,
        zone=chats.zone,
        said=said,
        file_digest=digest,
    )
    if before is None:
        webhooks.note_kinds(tx)
    conversations.redate(tx)
    opening = Opening(
        taken=before is not None and not same,
        kept=before is not None and same and not shipped and before.digest != digest,
    )
    _tell(tx, opening, source.campaign, digest)
    return opening


def hear(said: Said, before: ShopRow | None) -> Said:
    """What holds of the settings' words and of what was said since: each word that is new is the later one."""

    def choose(name: str) -> str | None:
        word = getattr(said, name)
        if before is not None and getattr(before.said, name) == word:
            word = getattr(before, name)
        return word or None

    return Said(announce_chat=choose("announce_chat"), community_chat=choose("community_chat"), zone=choose("zone"))


def apply_campaign(tx: Tx, source: Source) -> VersionId:
    """Promise from now on what a file says, and run the campaign; one that promises that already gets no new version.

    It is written down as nobody's act: whoever can write files and run commands is known to the server alone.
    """
    former = campaigns.find_by_slug(tx, source.campaign.slug)
    campaign = source.campaign
    pictures.add(tx, source.pictures)
    content = compose_content(campaign)
    version_id = campaigns.add_version(tx, slug=campaign.slug, content=content, digest=compute_digest(content))
    row = campaigns.add(tx, campaign.slug)
    campaigns.set_draft(tx, row.id, None)
    if source.text:
        campaigns.set_file(tx, row.id, source.text)
    if row.state is not CampaignState.RUNNING:
        campaigns.set_state(tx, row.id, CampaignState.RUNNING)
    before = former.version_id if former is not None else None
    if before != version_id:
        note_written(tx, None, campaign.slug, before, version_id)
    return version_id


def take_campaign(tx: Tx, source: Source, *, main: bool = True) -> bool:
    """Apply a file by command, as the main campaign or beside it; whether anything is new by it.

    The first one is the main one.
    """
    before = shops.find(tx)
    row = campaigns.find_by_slug(tx, source.campaign.slug)
    version_id = apply_campaign(tx, source)
    if before is None:
        shops.set_shop(
            tx, version_id=version_id, announce_chat=None, community_chat=None, community_id=None, file_digest=""
        )
    elif main:
        shops.set_file_digest(tx, before.file_digest or before.digest)
        _hear_community(tx, row, source.campaign)
        _set_main(tx, source.campaign.slug, before)
    after = campaigns.find_by_slug(tx, source.campaign.slug)
    return row is None or after is None or row.version_id != after.version_id or _is_other(tx, before)


def _hear_community(tx: Tx, former: CampaignRow | None, campaign: Campaign) -> None:
    """A file that names another community chat than before has said so."""
    before = (
        get_terms(tx, former.version_id).campaign.rules.community if former is not None and former.version_id else None
    )
    named = campaign.rules.community
    if named is not None and named != before:
        shops.set_community_chat(tx, str(named), named if isinstance(named, int) else None)


def change_main(tx: Tx, visitor: Profile, campaign: Campaign) -> None:
    """Let the main campaign be like this from now on; written down with who wanted it."""
    content, row = compose_content(campaign), campaigns.get(tx, shops.get(tx).campaign_id)
    version_id = campaigns.add_version(tx, slug=row.slug, content=content, digest=compute_digest(content))
    note_written(tx, enter(tx, visitor).id, row.slug, row.version_id, version_id)


def note_written(
    tx: Tx, actor_id: PersonId | None, slug: str, before: VersionId | None, after: VersionId | None
) -> None:
    """Write down that a campaign promises something else, and what of it."""
    shown = ["" if each is None else f"v{each}" for each in (before, after)]
    if before is not None and after is not None and after != before:
        changed = _list_changed(tx, before, after)
        shown[1] = f"{shown[1]}: {', '.join(changed)}" if changed else shown[1]
    audit.add(tx, actor_id=actor_id, act=Act.CAMPAIGN_WRITTEN, subject=slug, before=shown[0], after=shown[1])


def _list_changed(tx: Tx, before: VersionId, after: VersionId) -> Sequence[str]:
    """What the later one promises otherwise; nothing where the earlier cannot be read: a shop opens whatever lies in its past."""
    try:
        return list_changed(*(get_terms(tx, each).campaign for each in (before, after)))
    except (KeyError, TypeError, ValueError):
        logger.warning("Version %d of a campaign cannot be read any more", before)
        return ()


def list_owners(tx: Tx) -> list[MemberAddress]:
    """The chats of the owners who can be written to."""
    ids = [telegram_id for telegram_id, role in roles.list_all(tx).items() if role is Role.OWNER]
    found = [people.find_member(tx, telegram_id) for telegram_id in ids]
    return [MemberAddress(person.id) for person in found if person is not None]


def _set_main(tx: Tx, slug: str, before: ShopRow) -> None:
    row = campaigns.add(tx, slug)
    if row.id != before.campaign_id:
        shops.set_main(tx, row.id)
        audit.add(tx, actor_id=None, act=Act.CAMPAIGN_MAIN, subject=slug)


def _is_other(tx: Tx, before: ShopRow | None) -> bool:
    return before is None or before.campaign_id != shops.get(tx).campaign_id


def _tell(tx: Tx, opening: Opening, campaign: Campaign, digest: str) -> None:
    """Let the owners know which word holds: once for each content of the file."""
    if not (opening.taken or opening.kept):
        return
    notice: Notice = FileTaken(slug=campaign.slug) if opening.taken else FileKept(slug=campaign.slug)
    for address in list_owners(tx):
        key = f"{digest}:{shops.get(tx).version_id}:{address.person_id}"
        owe(tx, address, notice, key=key)
