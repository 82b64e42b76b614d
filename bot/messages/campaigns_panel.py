"""The panel in which campaigns are run: what there is, the shop, and a new campaign."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import Any

from bot.core.languages import LANGUAGES
from bot.messages.buttons import (
    ADMIN,
    ADMIN_SHOP,
    CAMPAIGN,
    CAMPAIGN_EDIT,
    CAMPAIGNS,
    DASHBOARD,
    NEW_CAMPAIGN,
    NEW_FROM,
    SHOP_EDIT,
    WEBHOOKS,
)
from bot.messages.keyboards import Row, make_button, stack, tap_row
from bot.messages.outgoing import OutgoingMessage
from bot.messages.shop import Shop
from bot.messages.texts import Texts
from bot.services.campaigns.editing import PanelCampaign, PanelView
from bot.services.campaigns.profile import ShopProfile
from storage.campaign import CampaignState

TEMPLATES = {
    "cafe": "admin.template.cafe",
    "salon": "admin.template.salon",
    "studio": "admin.template.studio",
    "online": "admin.template.online",
    "service": "admin.template.service",
    "scratch": "admin.template.scratch",
}
_STATES = {
    CampaignState.DRAFT: "admin.state.draft",
    CampaignState.RUNNING: "admin.state.running",
    CampaignState.PAUSED: "admin.state.paused",
    CampaignState.ENDED: "admin.state.ended",
}
FIELDS = {
    "headline": "editor.headline",
    "text": "editor.words",
    "offer": "editor.offer",
    "picture": "editor.picture",
    "brand": "editor.brand",
    "unit": "editor.unit",
    "logo": "editor.logo",
    "photo": "editor.photo",
    "announce": "editor.announce",
    "community": "editor.community",
    "zone": "editor.zone",
    "starts": "editor.starts",
    "ends": "editor.ends_button",
    "budget": "editor.budget",
    "story": "editor.story",
}
_SHOWN = 40
"""Characters of a text on a button or in a list of differences."""


def render_admin(texts: Texts, shop: Shop, *, owns: bool) -> OutgoingMessage:
    """The door to everything; what other systems hear is an owner's to say."""
    text = texts.say("admin.text", brand=shop.brand(texts.language))
    others = tap_row(texts, WEBHOOKS) if owns else []
    board = tap_row(texts, DASHBOARD) if shop.public_url else []
    rows = (tap_row(texts, CAMPAIGNS), tap_row(texts, ADMIN_SHOP), board, others)
    return OutgoingMessage(text=text, keyboard=stack(*rows))


def render_shop(texts: Texts, profile: ShopProfile) -> OutgoingMessage:
    """What the shop says of itself and where it is, each one tap from being changed."""
    main, shop = profile.main, profile.shop
    text = texts.say(
        "admin.shop_text",
        brand=", ".join(main.brand.values()),
        unit=", ".join("/".join(forms.values()) for forms in main.unit.values()),
        logo=say_there(texts, main.logo),
        languages=say_languages(main.languages),
        announce=str(shop.announce_chat or texts.plain("admin.no")),
        community=str(shop.community_chat or texts.plain("admin.no")),
        zone=say_zone(shop.zone),
        time=texts.moment(profile.now, shop.zone),
    )
    fields = (("brand", "unit"), ("logo",), ("announce", "community"), ("zone",))
    rows = [[make_button(texts, SHOP_EDIT, field, label=texts.plain(FIELDS[field])) for field in row] for row in fields]
    rows[1].append(
        make_button(texts, CAMPAIGN_EDIT, profile.main_id, "languages", label=texts.plain("editor.languages"))
    )
    return OutgoingMessage(text=text, keyboard=stack(*rows, back_row(texts, ADMIN)))


def say_zone(zone: tzinfo) -> str:
    """A zone by its name, easier to read."""
    return str(zone).replace("_", " ")


def render_campaigns(texts: Texts, shop: Shop, view: PanelView) -> OutgoingMessage:
    """All campaigns, and a new one."""
    rows = [
        [make_button(texts, CAMPAIGN, entry.id, label=f"{say_name(texts, entry)}: {say_state(texts, shop, entry)}")]
        for entry in view.campaigns
    ]
    return OutgoingMessage(
        text=texts.say("admin.list_text"), keyboard=stack(*rows, tap_row(texts, NEW_CAMPAIGN), back_row(texts, ADMIN))
    )


def render_new(texts: Texts) -> OutgoingMessage:
    """What a campaign can begin with."""
    rows = [[make_button(texts, NEW_FROM, name, label=texts.plain(key))] for name, key in TEMPLATES.items()]
    return OutgoingMessage(text=texts.say("admin.new_text"), keyboard=stack(*rows, back_row(texts, CAMPAIGNS)))


def say_state(texts: Texts, shop: Shop, entry: PanelCampaign) -> str:
    """How a campaign stands."""
    if entry.state is CampaignState.RUNNING and entry.starts_at is not None:
        return texts.plain("admin.state.planned", date=texts.moment(entry.starts_at, shop.zone))
    return texts.plain(_STATES[entry.state])


def say_name(texts: Texts, entry: PanelCampaign) -> str:
    """What a campaign is called; the main one has a star."""
    return texts.plain("admin.main_mark", name=entry.slug) if entry.main else entry.slug


def back_row(texts: Texts, button: Any, *values: int) -> Row:
    """The way to the screen above."""
    return [make_button(texts, button, *values, label=texts.plain("admin.back"))]


def say_there(texts: Texts, picture: str) -> str:
    """Whether there is a picture."""
    return texts.plain("admin.yes" if picture else "admin.no")


def say_languages(languages: Iterable[str]) -> str:
    """Languages by their own names."""
    return ", ".join(map(name_language, languages))


def name_language(language: str) -> str:
    """A language by its own name; one that the program lacks by its code."""
    return Texts(language).plain("locale.name") if language in LANGUAGES else language


def cut(text: str) -> str:
    """The beginning of a long text, where a text is only pointed at."""
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}\u2026"
