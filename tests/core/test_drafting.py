"""A campaign that is being written: what of it can be changed, what it still lacks, and what it says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.campaigns.announcing import AnnounceRules
from bot.core.campaigns.campaign import (
    BRAND_LIMIT,
    HEADLINE_LIMIT,
    OFFER_LIMIT,
    STORIES_LIMIT,
    TEXT_LIMIT,
    Campaign,
    Rules,
    Story,
    StoryKind,
    parse_campaign,
)
from bot.core.campaigns.drafting import (
    Difference,
    Gap,
    TextFault,
    TextMistake,
    add_story,
    check_text,
    choose_slug,
    compose_draft,
    compose_probe,
    drop_story,
    fill_gaps,
    list_differences,
    list_gaps,
    parse_points,
    parse_unit,
    set_languages,
    set_look,
    set_story_focus,
    set_story_kind,
    set_story_picture,
    set_story_text,
)
from bot.core.campaigns.news import NewsRules
from bot.core.campaigns.pulse import AskRules, PulseRules
from bot.core.campaigns.templates import SCRATCH, load_template
from bot.core.campaigns.words import UNIT_LIMIT
from bot.core.looks import AUTO, FOCUSES, LAYOUTS, list_themes
from tests.core.test_campaign_words import PLAIN

THEME = list_themes()[0]


def read() -> Campaign:
    """A campaign of two stories in Indonesian alone, without pictures."""
    text = "\n".join(line for line in PLAIN.split("\n") if not line.startswith(("logo", "photo", "picture")))
    return replace(parse_campaign(text, themes=["sunrise"]), theme=THEME)


def tell(key: str) -> Story:
    """A story of which nothing is written."""
    return Story(key=key, kind=StoryKind.INTEREST, headline={}, text={}, offer={})


def find(campaign: Campaign, key: str) -> Story:
    """The story of this key."""
    return next(story for story in campaign.stories if story.key == key)


def test_a_text_is_kept_clean_and_whole_or_not_at_all() -> None:
    """It is as long as its place has room for; a brand has no room for points."""
    assert check_text("headline", " Fresh\n bread ") == "Fresh bread"
    assert check_text("offer", " \u200b ") == TextMistake(fault=TextFault.EMPTY)
    limits = {"brand": BRAND_LIMIT, "headline": HEADLINE_LIMIT, "text": TEXT_LIMIT, "offer": OFFER_LIMIT}
    for field, limit in limits.items():
        assert check_text(field, "x" * limit) == "x" * limit
        assert check_text(field, "x" * (limit + 3)) == TextMistake(fault=TextFault.TOO_LONG, over=3)
    filled = "Take {invitee_points}, I get {inviter_points}"
    for field in ("headline", "text", "offer"):
        assert check_text(field, filled) == filled
        assert check_text(field, "Take {bonus}") == TextMistake(fault=TextFault.PLACEHOLDER)
    assert check_text("brand", "The {Oven}") == "The {Oven}"


def test_points_are_one_to_a_million() -> None:
    """As people type numbers."""
    assert [parse_points(said) for said in ("1", "1,000,000", "0", "1000001", "ten")] == [
        1,
        1_000_000,
        None,
        None,
        None,
    ]


def test_a_story_is_changed_and_the_others_stay() -> None:
    """Each of its texts in each language, its kind, its picture and what of that shows."""
    campaign = read()
    changes: dict[str, tuple[Callable[[Campaign], Campaign], object]] = {
        "headline": (lambda draft: set_story_text(draft, "second", "headline", "id", "A"), {"id": "A"}),
        "text": (lambda draft: set_story_text(draft, "second", "text", "id", "B"), {"id": "B"}),
        "offer": (
            lambda draft: set_story_text(draft, "second", "offer", "en", "C"),
            {"id": "Mulai dengan {invitee_points}.", "en": "C"},
        ),
        "kind": (lambda draft: set_story_kind(draft, "second", StoryKind.OCCASION), StoryKind.OCCASION),
        "picture": (lambda draft: set_story_picture(draft, "second", "cup"), "cup"),
        "focus": (lambda draft: set_story_focus(draft, "second", "top"), "top"),
    }
    for field, (change, value) in changes.items():
        changed = change(campaign)
        assert find(changed, "first") == find(campaign, "first")
        assert find(changed, "second") == replace(find(campaign, "second"), **{field: value})  # type: ignore[arg-type]
        assert replace(changed, stories=campaign.stories) == campaign


def test_stories_come_and_go() -> None:
    """A new one has a key that no other has; there are only so many, and the last one stays."""
    campaign = read()
    more = add_story(add_story(campaign))
    assert more.stories == (*campaign.stories, tell("story-1"), tell("story-2"))
    assert add_story(drop_story(more, "story-1")).stories[-1].key == "story-1"
    for _ in range(STORIES_LIMIT):
        more = add_story(more)
    assert [story.key for story in more.stories[2:]] == [f"story-{n}" for n in range(1, STORIES_LIMIT - 1)]
    crowded = replace(campaign, stories=tuple(tell(f"story-{number}") for number in range(1, STORIES_LIMIT)))
    assert add_story(crowded).stories[-1].key == f"story-{STORIES_LIMIT}"
    left = drop_story(campaign, "first")
    assert [story.key for story in left.stories] == ["second"]
    assert drop_story(left, "second") == left
    assert drop_story(campaign, "third") == campaign


def test_a_look_is_chosen_among_what_there_is() -> None:
    """Colours that come from a picture need one; a second colour stands beside a first, and goes with it."""
    campaign, other = read(), list_themes()[1]
    changed = set_look(campaign, "theme", other)
    assert changed == replace(campaign, theme=other)
    assert set_look(campaign, "theme", "night-of-nowhere") is set_look(campaign, "theme", AUTO) is None
    coloured = replace(campaign, logo="logo", main_colour="#112233", accent_colour="#445566")
    assert set_look(coloured, "theme", AUTO) == replace(campaign, logo="logo", theme=AUTO)
    for field, known in (("layout", LAYOUTS), ("focus", FOCUSES)):
        for value in (*known, ""):
            assert set_look(campaign, field, value) == replace(campaign, **{field: value})
        assert set_look(campaign, field, "sideways") is None
    assert set_look(campaign, "layout", FOCUSES[0]) is set_look(campaign, "focus", LAYOUTS[0]) is None
    blue = set_look(campaign, "main", " AABBCC")
    assert blue == replace(campaign, main_colour="#aabbcc")
    assert blue is not None
    both = set_look(blue, "accent", "#ddeeff")
    assert both == replace(blue, accent_colour="#ddeeff")
    assert both is not None
    assert set_look(both, "main", "#000000") == replace(both, main_colour="#000000")
    assert set_look(both, "accent", "") == blue
    assert set_look(both, "main", "") == campaign
    assert (
        set_look(campaign, "accent", "#ddeeff")
        is set_look(both, "main", "blue")
        is set_look(both, "accent", "x")
        is None
    )


def test_a_template_becomes_the_shops() -> None:
    """Its stories in the shop's languages, its own photo and points; all that the shop says of itself is the shop's."""
    template = replace(
        read(),
        slug="template",
        photo="photo",
        logo="other",
        layout=LAYOUTS[0],
        stories=(replace(tell("a"), headline={"id": "A", "zh": "B"}, text={"zh": "C"}, offer={"en": "D"}, campaign=7),),
    )
    shop = replace(
        read(),
        brand={"en": "Oven", "id": "Tungku"},
        unit={"en": {"other": "beans"}, "id": {"other": "biji"}},
        channel_language="en",
        theme=list_themes()[1],
        layout=LAYOUTS[1],
        focus=FOCUSES[1],
        main_colour="#112233",
        accent_colour="#445566",
        logo="logo",
        photo="shop's photo",
        inviter_points=999,
    )
    draft = compose_draft(template, shop, "spring")
    assert draft == replace(
        shop,
        slug="spring",
        photo="photo",
        inviter_points=template.inviter_points,
        stories=(replace(tell("a"), headline={"id": "A"}, text={}, offer={"en": "D"}),),
    )


def test_a_campaign_has_a_name_of_its_own() -> None:
    """A taken one gets a number, and never more letters than there is room for."""
    assert choose_slug("spring", []) == "spring"
    assert choose_slug("spring", ["spring", "spring-2"]) == "spring-3"
    long = "x" * 32
    assert choose_slug(long, [long]) == "x" * 28 + "-2"
    taken = ["spring", *(f"spring-{number}" for number in range(2, 999))]
    assert choose_slug("spring", taken) == "spring-999"


def test_what_a_draft_lacks_is_told() -> None:
    """Each text of each story in each language, counting stories from 1; and that there is no story at all."""
    campaign = replace(read(), brand={"id": "A", "en": "B"})
    assert list_gaps(read()) == []
    assert list_gaps(replace(campaign, stories=())) == [Gap(field="story")]
    gaps = [Gap(field=field, story=story, language="en") for story in (1, 2) for field in ("headline", "text", "offer")]
    assert list_gaps(campaign) == gaps
    empty = set_story_text(read(), "second", "text", "id", "")
    assert list_gaps(empty) == [Gap(field="text", story=2, language="id")]


def test_what_a_draft_lacks_is_shown_as_dots() -> None:
    """So that it can be looked at before it is whole, in the languages of its shop."""
    campaign = replace(read(), brand={"id": "A", "en": "B"})
    filled = fill_gaps(set_story_text(campaign, "first", "text", "id", ""))
    first, second = filled.stories
    assert first.text == {"id": "…", "en": "…"}
    assert (second.headline, second.text) == ({"id": "Kopi pagi", "en": "…"}, {"id": "Setiap pagi juga.", "en": "…"})
    assert second.offer == {"id": "Mulai dengan {invitee_points}.", "en": "…"}
    dots = {"id": "…", "en": "…"}
    alone = fill_gaps(replace(campaign, stories=())).stories
    assert alone == (replace(tell("story-1"), headline=dots, text=dots, offer=dots),)
    assert fill_gaps(read()) == read()


DIFFERENT: list[tuple[Callable[[Campaign], Campaign], list[tuple[str, str, str]]]] = [
    (lambda draft: replace(draft, inviter_points=7), [("inviter_points", "10", "7")]),
    (lambda draft: replace(draft, invitee_points=7), [("invitee_points", "5", "7")]),
    (lambda draft: replace(draft, brand={"id": "A", "en": "B"}), [("languages", "id", "id, en")]),
    (lambda draft: replace(draft, theme="night"), [("theme", THEME, "night")]),
    (lambda draft: replace(draft, layout="festive"), [("layout", "", "festive")]),
    (
        lambda draft: replace(draft, main_colour="#112233", accent_colour="#445566"),
        [("colours", "", "#112233 #445566")],
    ),
    (lambda draft: replace(draft, main_colour="#112233"), [("colours", "", "#112233")]),
    (lambda draft: replace(draft, focus="top"), [("focus", "", "top")]),
    (lambda draft: replace(draft, photo="0123456789"), [("photo", "", "01234567")]),
    (lambda draft: replace(draft, worth_amount=5, worth_currency="EUR"), [("worth", "", "5 EUR")]),
    (lambda draft: replace(draft, worth_currency="EUR"), []),
    (lambda draft: replace(draft, liability_limit=500), [("liability", "", "500")]),
    (lambda draft: replace(draft, announce=AnnounceRules(digest="day")), [("announce.digest", "each", "day")]),
    (
        lambda draft: replace(draft, news=NewsRules(quiet="21-9", per_week=2)),
        [("news.quiet", "", "21-9"), ("news.per_week", "", "2")],
    ),
    (
        lambda draft: replace(draft, pulse=PulseRules(after_days=1, every_days=2, rest_days=4)),
        [("pulse.after_days", "", "1"), ("pulse.every_days", "", "2"), ("pulse.rest_days", "", "4")],
    ),
    (lambda draft: replace(draft, asks=AskRules(every_days=9)), [("asks.every_days", "30", "9")]),
    (
        lambda draft: replace(draft, rules=Rules(claim_days=1, hold_days=2, grace_days=3, credit_days=4)),
        [("claim_days", "7", "1"), ("hold_days", "7", "2"), ("grace_days", "7", "3"), ("credit_days", "", "4")],
    ),
    (
        lambda draft: replace(draft, rules=Rules(hold_out_percent=5, try_stories=2, wording="give", try_wordings=True)),
        [
            ("hold_out_percent", "", "5"),
            ("try_stories", "", "2"),
            ("wording", "", "give"),
            ("try_wordings", "", "True"),
        ],
    ),
    (lambda draft: set_story_kind(draft, "second", StoryKind.INTEREST), [("second: kind", "novelty", "interest")]),
    (lambda draft: set_story_picture(draft, "second", "0123456789"), [("second: picture", "", "01234567")]),
    (lambda draft: set_story_focus(draft, "second", "top"), [("second: focus", "", "top")]),
    (
        lambda draft: set_story_text(draft, "second", "headline", "en", "Tea"),
        [("second: headline.en", "", "Tea")],
    ),
]


@pytest.mark.parametrize(("change", "told"), DIFFERENT)
def test_what_a_draft_says_otherwise_is_told_by_its_field(
    change: Callable[[Campaign], Campaign], told: list[tuple[str, str, str]]
) -> None:
    """What it was and what it is, either way round; what is as it was is left out."""
    before = read()
    after = change(before)
    assert list_differences(before, after) == [Difference(field=name, before=old, after=new) for name, old, new in told]
    back = sorted((each.field, each.after, each.before) for each in list_differences(after, before))
    assert back == sorted(told)


def test_a_story_that_goes_takes_its_words_along() -> None:
    """Each of them is told."""
    told = list_differences(read(), drop_story(read(), "second"))
    assert [(each.field, each.before) for each in told] == [
        ("second: kind", "novelty"),
        ("second: headline.id", "Kopi pagi"),
        ("second: text.id", "Setiap pagi juga."),
        ("second: offer.id", "Mulai dengan {invitee_points}."),
    ]
    assert {each.after for each in told} == {""}


def test_a_draft_speaks_other_languages() -> None:
    """What is not said in one yet is called as in the first; posts go on in theirs while it is spoken."""
    campaign = read()
    draft = set_languages(campaign, ["en", "id"])
    assert draft == replace(
        campaign,
        brand={"en": "Kopi Senja", "id": "Kopi Senja"},
        unit={"en": {"other": "biji"}, "id": {"other": "biji"}},
    )
    assert (draft.languages, draft.channel_language) == (("en", "id"), "id")
    english = set_languages(replace(draft, brand={"en": "Oven", "id": "A"}), ["zh", "en"])
    assert (english.brand, english.channel_language) == ({"zh": "Oven", "en": "Oven"}, "zh")
    both = {"en": {"other": "beans"}, "id": {"other": "biji"}}
    told = set_languages(replace(draft, brand={"en": "Oven", "id": "Tungku"}, unit=both), ["id", "zh"])
    assert (told.brand, told.unit) == (
        {"id": "Tungku", "zh": "Oven"},
        {"id": {"other": "biji"}, "zh": {"other": "beans"}},
    )
    assert [(story.headline, story.text, story.offer) for story in english.stories] == [({}, {}, {})] * 2


def test_points_are_called_by_a_word_or_two() -> None:
    """Two stand for one and for many; no more, and none longer than a button shows."""
    assert parse_unit(" stempel ") == {"other": "stempel"}
    assert parse_unit("stamp,  stamps") == {"one": "stamp", "other": "stamps"}
    longest = "x" * UNIT_LIMIT
    assert parse_unit(longest) == {"other": longest}
    for said, over in (
        ("a, b, c", 1),
        (f"{longest}y", 1),
        (f"{longest}yy", 2),
        (f"a, {longest}yyy", 3),
        (f"a, b, {longest}yy", 2),
    ):
        assert parse_unit(said) == TextMistake(fault=TextFault.TOO_LONG, over=over)
    for said in ("", "stamp,", ",stamps", "a,,b"):
        assert parse_unit(said) == TextMistake(fault=TextFault.EMPTY)


def test_a_text_is_measured_on_a_card_of_its_own() -> None:
    """One story in one language, with dots for what it lacks and the new text in its place."""
    campaign = set_languages(read(), ["id", "en"])
    probe = compose_probe(campaign, "second", "text", "en", "New")
    assert probe is not None
    assert probe.stories == (
        replace(find(campaign, "second"), headline={"en": "…"}, text={"en": "New"}, offer={"en": "…"}),
    )
    assert (probe.channel_language, probe.brand, probe.unit) == ("en", {"en": "Kopi Senja"}, {"en": {"other": "biji"}})
    told = compose_probe(campaign, "first", "headline", "id", "New")
    assert told is not None
    assert (told.stories[0].headline, told.stories[0].text) == ({"id": "New"}, {"id": "Setiap sore ada yang baru."})
    assert told.slug == campaign.slug
    assert compose_probe(campaign, "third", "text", "en", "New") is None


def test_nothing_is_written_from_scratch() -> None:
    """One story without a word, and as many points for either side; templates by trade are whole."""
    scratch = load_template(SCRATCH)
    assert scratch.stories == (replace(tell("story-1"), kind=StoryKind.INSIDE_STORY),)
    assert (scratch.slug, scratch.inviter_points, scratch.invitee_points) == ("campaign", 50, 50)
    draft = compose_draft(scratch, read(), "spring")
    assert [gap.field for gap in list_gaps(draft)] == ["headline", "text", "offer"]
