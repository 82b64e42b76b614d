"""What holds: the shop's campaign now, or a version of it that a friend came under."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.content import parse_content
from bot.core.campaigns.rewards import Rule
from bot.core.campaigns.rules import parse_chat
from bot.core.campaigns.running import Standing, compose_chapters, decide_holds, decide_running
from bot.core.testimonials import TESTIMONIALS_SHOWN, tell
from storage.frozen import frozen
from storage.records import CampaignId, VersionId
from storage.tables import campaigns, shops, testimonials
from storage.tables.campaigns import CampaignRow
from storage.tables.shops import ShopRow
from storage.tx import Tx

VERSIONS_KEPT = 64
"""Contents kept read; a shop has one or two in use at a time."""

_read: dict[str, Campaign] = {}
"""By digest: the same content is the same campaign, whichever shop of this process it belongs to."""


@frozen
class Terms:
    """What a version of a campaign says about rewards, holds and windows."""

    version_id: VersionId
    campaign: Campaign

    @property
    def story_keys(self) -> list[str]:
        """The stories, in their order."""
        return [story.key for story in self.campaign.stories]


@frozen
class ShopView:
    """What screens show of the shop, as it was at one revision."""

    revision: int
    campaign: Campaign
    announce_chat: int | str | None = None
    """A number, or a name with an @; None where joins are not announced."""
    community_chat: int | str | None = None
    """Likewise where friends are invited to."""
    community_id: int | None = None
    """The number that chat has now, as far as it is known."""
    zone: tzinfo = UTC
    bot_username: str = ""
    """What Telegram called the bot when it was asked last; empty before."""


def get_terms(tx: Tx, version_id: VersionId | None = None) -> Terms:
    """The terms of a version, or those that hold now.

    Who came before there were versions came under the oldest that is known.

    Raises:
        RowMissing: there is no such version, or the shop was never opened.
    """
    if version_id is None:
        return read_terms(tx, shops.get(tx))
    digest, content_id = campaigns.get_digest(tx, version_id), version_id
    if not digest:
        content_id, digest = campaigns.get_first(tx)
    return Terms(version_id=version_id, campaign=_read_content(tx, content_id, digest))


def find_rule(tx: Tx, version_id: VersionId, key: str) -> Rule | None:
    """An owner's rule as a version has it; None for what none of them says."""
    return get_terms(tx, version_id).campaign.find_rule(key)


def find_since(tx: Tx, is_so: Callable[[Campaign], bool]) -> int:
    """Since when the main campaign has been like this without a break; what of its past cannot be read any more is a break."""
    since = tx.now
    for version_id, _, created_at in campaigns.list_versions(tx, shops.get(tx).campaign_id):
        try:
            if not is_so(get_terms(tx, version_id).campaign):
                break
        except (KeyError, TypeError, ValueError):
            break
        since = created_at
    return since


def find_first_story(tx: Tx, *, place: int) -> str:
    """The key of a story by its place in the oldest campaign that is known; empty where it had none there.

    Buttons of the versions before there were keys name a place, and that campaign is the one they were made under.
    """
    version_id, digest = campaigns.get_first(tx)
    stories = _read_content(tx, version_id, digest).stories
    return stories[place].key if place < len(stories) else ""


def read_terms(tx: Tx, shop: ShopRow) -> Terms:
    """The terms that hold now, for who has asked for the shop already."""
    return Terms(version_id=shop.version_id, campaign=_read_content(tx, shop.version_id, shop.digest))


@frozen
class Promise:
    """What a link brings."""

    terms: Terms
    over: bool = False
    """The campaign it was made for has ended, and the main one's terms are these."""


def find_promise(tx: Tx, shop: ShopRow, campaign: int | None) -> Promise:
    """What a link of a campaign brings now; the main one's terms where it names none, or none that still holds."""
    if campaign is None or campaign == shop.campaign_id:
        return Promise(terms=read_terms(tx, shop))
    row = campaigns.find(tx, CampaignId(campaign))
    if row is None or row.version_id is None or not row.digest:
        return Promise(terms=read_terms(tx, shop))
    terms = Terms(version_id=row.version_id, campaign=_read_content(tx, row.version_id, row.digest))
    if decide_holds(view_standing(row), terms.campaign.rules.grace_days, tx.now):
        return Promise(terms=terms)
    return Promise(terms=read_terms(tx, shop), over=True)


def view_standing(row: CampaignRow) -> Standing:
    """How a campaign stands, for core to judge."""
    return Standing(state=row.state, starts_at=row.starts_at, ends_at=row.ends_at, ended_at=row.ended_at)


def names_community(tx: Tx) -> bool:
    """Whether the shop has a chat that friends are invited to."""
    shop = shops.find(tx)
    return shop is not None and shop.community_chat is not None


def find_newer(tx: Tx, *, revision: int) -> ShopView | None:
    """The shop, where it is not at this revision any more.

    Raises:
        RowMissing: it was never opened.
    """
    return None if shops.get(tx).revision == revision else get_shop(tx)


def get_shop(tx: Tx) -> ShopView:
    """The shop as screens show it.

    Raises:
        RowMissing: it was never opened.
    """
    shop = shops.get(tx)
    others = {
        row.id: _read_content(tx, row.version_id, row.digest)
        for row in campaigns.list_all(tx)
        if row.version_id is not None and row.id != shop.campaign_id and decide_running(view_standing(row), tx.now)
    }
    told = compose_chapters(read_terms(tx, shop).campaign, others)
    said = testimonials.list_shown(tx, limit=TESTIMONIALS_SHOWN)
    return ShopView(
        revision=shop.revision,
        campaign=tell(told, said) if said else told,
        announce_chat=parse_chat(shop.announce_chat or ""),
        community_chat=parse_chat(shop.community_chat or ""),
        community_id=shop.community_id,
        zone=find_zone(shop.zone),
        bot_username=shop.bot_username,
    )


def note_bot(tx: Tx, *, username: str) -> None:
    """Let processes know that do not ask Telegram themselves what the bot is called."""
    if shops.get(tx).bot_username != username:
        shops.set_bot_username(tx, username)


def find_zone(name: str | None) -> tzinfo:
    """The zone of this name; UTC without one, or where this machine does not know it."""
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def list_languages(tx: Tx) -> tuple[str, ...]:
    """The languages of the shop; none before it was first opened."""
    shop = shops.find(tx)
    return read_terms(tx, shop).campaign.languages if shop is not None else ()


def _read_content(tx: Tx, version_id: VersionId, digest: str) -> Campaign:
    campaign = _read.get(digest)
    if campaign is None:
        if len(_read) >= VERSIONS_KEPT:
            _read.clear()
        campaign = _read[digest] = parse_content(campaigns.get_content(tx, version_id))
    return campaign
