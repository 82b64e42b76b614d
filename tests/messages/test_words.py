from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.messages.commands import list_menu
from bot.messages.sharing.card_texts import compose_card_text
from bot.messages.shop import Source
from bot.messages.texts import LANGUAGES, Texts
from storage.role import Role
from tests.messages.pressing import REGISTRY
from tests.messages.samples import CAMPAIGN, CODE, make_shop


@pytest.mark.parametrize("language", LANGUAGES)
def test_commands_are_described_in_every_language(language: str) -> None:
    """Names that Telegram takes, descriptions that fit the menu of a phone."""
    shop = replace(make_shop(), community=True)
    for command in list_menu(Texts(language), shop, REGISTRY.list_commands(Role.OWNER)):
        assert re.fullmatch(r"[a-z0-9_]{1,32}", command.command)
        assert 3 <= len(command.description) <= 60
        assert command.description[0] == command.description[0].upper()


def test_only_those_who_run_the_shop_are_offered_its_commands() -> None:
    """For anybody else they do not exist."""
    everybody = [command.name for command in REGISTRY.list_commands(Role.MEMBER)]
    owners = [command.name for command in REGISTRY.list_commands(Role.OWNER)]
    assert everybody == [
        "share",
        "invites",
        "rewards",
        "why",
        "top",
        "club",
        "contests",
        "qr",
        "print",
        "order",
        "idea",
        "ideas",
        "choose",
        "spoken",
        "start",
        "support",
        "language",
        "help",
        "news",
        "privacy",
        "mydata",
        "forgetme",
        "community",
        "cancel",
    ]
    assert owners == [
        "broadcast",
        "segments",
        "stats",
        "admin",
        "coupons",
        "team",
        "tickets",
        "audit",
        "check",
        "templates",
        "gifts",
        "sold",
        "orders",
        "api",
        "review",
        "find",
        "grant",
        "label",
        "waitlist",
        *everybody,
    ]


def test_a_command_that_this_shop_has_not_is_not_offered() -> None:
    """Without a community chat nobody is asked into one."""
    offered = {each.command for each in list_menu(Texts("en"), make_shop(), REGISTRY.list_commands(Role.MEMBER))}
    assert "community" not in offered
    assert "share" in offered


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_says_what_the_campaign_says(language: str) -> None:
    """All its words, in the member's language, with a place for the name."""
    face = compose_card_text(make_shop(), language)
    story = CAMPAIGN.texts_for(language).stories[0]
    assert (face.brand, face.headline, face.story, face.offer) == (
        CAMPAIGN.brand[language],
        story.headline,
        story.text,
        story.offer,
    )
    assert face.invited_by.count("{name}") == 1
    assert face.invited_without_name
    assert face.scan_hint
    assert (face.language, face.look.theme) == (language, CAMPAIGN.theme)


@pytest.mark.parametrize("source", [*Source])
def test_links_say_how_they_travel(source: Source) -> None:
    """A source of at most sixteen small letters or digits, or none."""
    assert re.fullmatch(r"[a-z0-9]{0,16}", source)
    link = make_shop().link(CODE, source)
    assert link == f"https://t.me/little_oven_bot?start={CODE}" + (f"-{source}" if source else "")
