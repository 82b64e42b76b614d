"""A campaign as a file again: what has changed is written into the file there was, whose remarks and order stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from functools import partial
from typing import Any, cast

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, Table

from bot.core.campaigns.announcing import AnnounceRules
from bot.core.campaigns.campaign import Campaign, Story
from bot.core.campaigns.catalogue import VALID_DAYS, CatalogueItem
from bot.core.campaigns.contests import Contest, ContestBy, compose_prizes
from bot.core.campaigns.fairness import Fairness
from bot.core.campaigns.news import NewsRules
from bot.core.campaigns.pulse import AskRules
from bot.core.campaigns.reward_blocks import LISTS, find_key, list_values
from bot.core.campaigns.rewards import Rule
from bot.core.campaigns.rules import Rules
from bot.core.campaigns.tiers import Tier
from bot.core.campaigns.waitlist import list_waitlist_values
from bot.core.languages import PLURAL_FORMS
from bot.core.names import clean_text

NamePicture = Callable[[str], str]
"""Is given the SHA-256 of a picture, and returns its path as seen from the file."""

Block = Mapping[str, Any]
Writable = Container | Table
Keyed = Story | CatalogueItem | Rule | Tier | Contest

_ON_ONE_LINE = {"give", "if", "limit"}

_GLUED = re.compile(r"^([^#\n].*)\n\[\[(stories|catalogue|rewards|tiers|contests)\]\]", re.MULTILINE)
"""A block without a line between it and the one before."""


def compose_file(campaign: Campaign, *, former: str = "", name_picture: NamePicture = "{}.jpg".format) -> str:
    """The text of a campaign file.

    Args:
        campaign: What it is to say.
        former: The file that was there; empty where there was none.
        name_picture: Where the pictures lie.
    """
    document = tomlkit.parse(former.removeprefix("\ufeff").replace("\r\n", "\n"))
    _write(document, _list_values(campaign, document.unwrap(), name_picture))
    _write_blocks(document, "stories", campaign.stories, partial(_list_story, name_picture=name_picture), campaign)
    _write_blocks(document, "catalogue", campaign.catalogue, partial(_list_item, name_picture=name_picture), campaign)
    _write_blocks(document, "rewards", campaign.rewards, _list_rule, campaign)
    _write_blocks(document, "tiers", campaign.tiers, _list_tier, campaign)
    _write_blocks(document, "contests", campaign.contests, _list_contest, campaign)
    return _GLUED.sub(r"\1\n\n[[\2]]", tomlkit.dumps(document))


def compose_shop(campaign: Campaign, *, name_picture: NamePicture = "{}.jpg".format) -> str:
    """The text of a shop's file: what the campaign says of its shop."""
    values = _list_values(campaign, {}, name_picture)
    document = tomlkit.document()
    kept = {name: values[name] for name in ("channel_language", "logo", "brand")}
    _write(document, {"languages": list(campaign.languages), **kept, "unit": values["points"]["unit"]})
    return tomlkit.dumps(document)


def _list_values(campaign: Campaign, former: Block, name_picture: NamePicture) -> dict[str, Any]:
    """Everything that is to stand above the stories, which are left as they are; None for what is to go."""
    brand, languages = former.get("brand"), list(campaign.languages)
    plain = len(languages) == 1 and not isinstance(brand, dict)
    listed = "languages" in former or plain or bool(former and isinstance(brand, dict) and list(brand) != languages)
    posts = campaign.channel_language
    points = former.get("points", {})
    return {
        "slug": campaign.slug,
        "theme": campaign.theme,
        "layout": campaign.layout or None,
        "focus": campaign.focus or None,
        "languages": languages if listed else None,
        "channel_language": posts if "channel_language" in former or posts != languages[0] else None,
        "logo": name_picture(campaign.logo) if campaign.logo else None,
        "photo": name_picture(campaign.photo) if campaign.photo else None,
        "brand": _choose_words(campaign.brand, brand, plain=not former and plain),
        "colours": _list_colours(campaign, former.get("colours", {})) or None,
        "points": {
            "inviter": campaign.inviter_points,
            "invitee": campaign.invitee_points,
            "unit": _choose_unit(campaign.unit, points.get("unit"), plain=not former and plain),
            "worth": {"amount": campaign.worth_amount, "currency": campaign.worth_currency}
            if campaign.worth_amount
            else None,
        },
        "limits": {"liability": campaign.liability_limit} if campaign.liability_limit else None,
        "rules": _list_rules(campaign.rules, former.get("rules", {})) or None,
        "waitlist": _list_waitlist(campaign, former.get("waitlist", {})),
        "fairness": _list_rules(campaign.fairness, former.get("fairness", {})) or None,
        "news": _list_rules(campaign.news, former.get("news", {})) or None,
        "announce": _list_rules(campaign.announce, former.get("announce", {})) or None,
        "pulse": None if campaign.pulse is None else asdict(campaign.pulse),
        "asks": _list_rules(campaign.asks, former.get("asks", {})) or None,
    }


def _list_waitlist(campaign: Campaign, former: Block) -> dict[str, Any] | None:
    """In every language of the campaign, as it was spelled; None for no queue."""
    values, waitlist = list_waitlist_values(campaign.waitlist), campaign.waitlist
    if values is None or waitlist is None:
        return None
    day = former.get("on")
    spelled = {"on": day} if isinstance(day, date) and day.isoformat() == waitlist.on else {}
    name = (
        _choose_words(waitlist.name, former.get("name"), plain=len(campaign.languages) == 1) if waitlist.name else None
    )
    return values | spelled | {"name": name}


def _list_story(story: Story, campaign: Campaign, former: Block, name_picture: NamePicture) -> dict[str, Any]:
    plain = len(campaign.languages) == 1
    words = {"headline": story.headline, "text": story.text, "offer": story.offer}
    return {
        "key": story.key,
        "kind": str(story.kind),
        **{name: _choose_words(said, former.get(name), plain=plain) for name, said in words.items()},
        "picture": name_picture(story.picture) if story.picture else None,
        "focus": story.focus or None,
    }


def _list_item(item: CatalogueItem, campaign: Campaign, former: Block, name_picture: NamePicture) -> dict[str, Any]:
    """In every language of the campaign, as members read it."""
    name = {language: item.say(language) for language in campaign.languages}
    usual = item.valid_days == VALID_DAYS and "valid_days" not in former
    return {
        "key": item.key,
        "price": item.price,
        "stock": item.stock,
        "per_member": item.per_member,
        "valid_days": None if usual else item.valid_days,
        "give": {str(item.give.kind): item.give.what or item.give.amount} if item.give else None,
        "picture": name_picture(item.picture) if item.picture else None,
        "name": _choose_words(name, former.get("name"), plain=len(campaign.languages) == 1),
    }


def _list_rule(rule: Rule, campaign: Campaign, former: Block) -> dict[str, Any]:
    """The key where it does not follow from the rest; names in every language of the campaign."""
    values, name = list_values(rule), {language: rule.call(language) for language in campaign.languages}
    keyed = "key" in former or find_key(values) != rule.key
    plain = len(campaign.languages) == 1
    said: dict[str, Any] = {"name": _choose_words(name, former.get("name"), plain=plain) if rule.name else None}
    if _spell_alike(former.get("if")) == values["if"]:
        said["if"] = former.get("if")
    return ({"key": rule.key} if keyed else {}) | dict.fromkeys({*former} - {"key"}) | values | said


def _spell_alike(condition: Any) -> Any:
    """Days as texts and single words as lists, however they stand in the file."""
    if not isinstance(condition, dict):
        return condition
    return {
        name: value.isoformat()
        if isinstance(value, date)
        else [value]
        if name in LISTS and isinstance(value, str)
        else value
        for name, value in condition.items()
    }


def _list_tier(tier: Tier, campaign: Campaign, former: Block) -> dict[str, Any]:
    """In every language of the campaign, likewise; as its colour was spelled, where it is the same."""
    plain, spelled = len(campaign.languages) == 1, str(former.get("colour"))
    name = {language: tier.say(language) for language in campaign.languages}
    privileges = {language: tier.say_privileges(language) for language in campaign.languages if tier.privileges}
    return {
        "key": tier.key,
        "friends": tier.friends,
        "badge": tier.badge or None,
        "colour": (spelled if spelled.lower() == tier.colour else tier.colour) or None,
        "period_days": tier.period_days,
        "name": _choose_words(name, former.get("name"), plain=plain),
        "privileges": _choose_words(privileges, former.get("privileges"), plain=plain) if privileges else None,
    }


def _list_contest(contest: Contest, campaign: Campaign, former: Block) -> dict[str, Any]:
    """In every language of the campaign, likewise; days as they were spelled, where they are the same."""
    name = {language: contest.say(language) for language in campaign.languages}
    usual = contest.by is ContestBy.FRIENDS and "by" not in former
    return {
        "key": contest.key,
        "from": _keep_moment(contest.begins, former.get("from")),
        "until": _keep_moment(contest.ends, former.get("until")),
        "by": None if usual else str(contest.by),
        "prizes": compose_prizes(contest.prizes),
        "name": _choose_words(name, former.get("name"), plain=len(campaign.languages) == 1),
    }


def _keep_moment(said: str, former: object) -> object:
    if isinstance(former, datetime):
        return former if former.isoformat(timespec="minutes") == said else said
    if isinstance(former, date):
        return former if former.isoformat() == said else said
    return former if isinstance(former, str) and former.strip().replace(" ", "T") == said else said


def _choose_words(said: Mapping[str, str], former: object, *, plain: bool) -> str | dict[str, str]:
    """As it was written where that can be, and spelled as it was where it says the same."""
    (first, *more) = said.values()
    if not more and (isinstance(former, str) or (plain and not isinstance(former, dict))):
        return _keep_spelling(first, former)
    spelled = former if isinstance(former, dict) else {}
    return {language: _keep_spelling(text, spelled.get(language)) for language, text in said.items()}


def _keep_spelling(text: str, former: object) -> str:
    return former if isinstance(former, str) and clean_text(former, limit=len(former)) == text else text


def _choose_unit(unit: Mapping[str, Mapping[str, str]], former: object, *, plain: bool) -> Any:
    (first, *more) = unit.values()
    by_language = isinstance(former, dict) and not set(former) <= set(PLURAL_FORMS) - set(unit)
    if not more and not by_language and (plain or former is not None):
        return _choose_forms(first, former)
    spelled = cast("dict[str, object]", former) if by_language else {}
    return {language: _choose_forms(forms, spelled.get(language)) for language, forms in unit.items()}


def _choose_forms(forms: Mapping[str, str], former: object) -> Any:
    if isinstance(former, dict) or not set(forms) <= {"one", "other"} or "other" not in forms:
        return dict(forms)
    return [forms["one"], forms["other"]] if "one" in forms else forms["other"]


def _list_colours(campaign: Campaign, former: Block) -> dict[str, str]:
    """As they were spelled, where they are the same."""
    said = {"main": campaign.main_colour, "accent": campaign.accent_colour}
    spelled = {name: str(former.get(name)) for name in said}
    return {
        name: spelled[name] if spelled[name].lower() == colour else colour for name, colour in said.items() if colour
    }


def _list_rules(rules: Rules | Fairness | NewsRules | AnnounceRules | AskRules, former: Block) -> dict[str, Any]:
    usual = type(rules)()
    values = {each.name: getattr(rules, each.name) for each in fields(rules)}
    return (
        {name: value if name in former or value != getattr(usual, name) else None for name, value in values.items()}
        if former or rules != usual
        else {}
    )


def _write(block: Writable, values: Mapping[str, Any]) -> None:
    """Write what differs; None takes a field out."""
    for name, value in values.items():
        if value is None:
            if name in block:
                del block[name]
        elif isinstance(value, dict) and isinstance(block.get(name), Table):
            gone = dict.fromkeys(each for each in block[name] if each not in value)
            _write(cast("Table", block[name]), gone | value)
        elif name not in block or block[name] != value:
            block[name] = _make_item(value, inline=name in block or name in _ON_ONE_LINE)


def _make_item(value: Any, *, inline: bool = False) -> Any:
    """A block; in the place of a plain value one that fits on its line, since a block would take in what follows."""
    if not isinstance(value, dict):
        return value
    table = tomlkit.inline_table() if inline else tomlkit.table()
    for name, each in value.items():
        if each is not None:
            table[name] = _make_item(each, inline=inline)
    return table


def _write_blocks(
    document: tomlkit.TOMLDocument,
    name: str,
    things: Sequence[Keyed],
    list_values: Callable[[Any, Campaign, Block], dict[str, Any]],
    campaign: Campaign,
) -> None:
    """As many blocks of a name as there are things, each saying what its thing says."""
    blocks = _open_blocks(document, name)
    _order_blocks(blocks, [each.key for each in things], find_key if name == "rewards" else _name_block)
    for block, each in zip(blocks, things, strict=True):
        _write(block, list_values(each, campaign, block.unwrap()))
    if name not in document and len(blocks):
        document[name] = blocks
    elif name in document and not len(blocks):
        del document[name]


def _open_blocks(document: tomlkit.TOMLDocument, name: str) -> AoT:
    found = document.get(name)
    return found if isinstance(found, AoT) else tomlkit.aot()


def _name_block(block: Block) -> str:
    return str(block.get("key"))


def _order_blocks(blocks: AoT, keys: Sequence[str], name: Callable[[Block], str] = _name_block) -> None:
    """As many blocks as there are things, each where its thing is; those that are new are empty."""
    former = {name(block.unwrap()): block for block in blocks}
    if list(former) == list(keys):
        return
    while len(blocks):
        del blocks[0]
    for key in keys:
        blocks.append(former.get(key) or tomlkit.table())
