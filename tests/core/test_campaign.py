from __future__ import annotations

import re
import tomllib
from contextlib import suppress
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.assets import ASSETS
from bot.core.campaigns.campaign import Campaign, CampaignMistake, Rules, StoryKind, parse_campaign
from bot.core.languages import LANGUAGES

SHIPPED = (ASSETS / "campaigns" / "welcome.toml").read_text(encoding="utf-8")
WELCOME = "[[stories]]".join(SHIPPED.split("[[stories]]")[:2])
"""The shipped file up to its second story."""
THEMES = (tomllib.loads(WELCOME)["theme"], "night")


def parse(text: str | bytes) -> Campaign:
    """Parse with the themes of these tests."""
    return parse_campaign(text, themes=THEMES, find_picture=lambda _: "")


def edit(old: str, new: str) -> str:
    """The file with one change."""
    assert WELCOME.count(old) >= 1, old
    return WELCOME.replace(old, new, 1)


def line_of(text: str, needle: str) -> int:
    """The first line that holds `needle`, counted from 1."""
    return next(number for number, line in enumerate(text.split("\n"), 1) if needle in line)


def mistake_in(text: str | bytes) -> CampaignMistake:
    """The mistake that parsing must find."""
    with pytest.raises(CampaignMistake) as caught:
        parse(text)
    return caught.value


def test_the_shipped_campaign_works() -> None:
    """The first campaign is complete in every language, and both sides gain."""
    campaign = parse(SHIPPED)
    assert campaign.slug == "welcome"
    assert campaign.inviter_points > 0
    assert campaign.invitee_points > 0
    for language in LANGUAGES:
        texts = campaign.texts_for(language)
        assert all([texts.brand, *texts.unit])
        for story in texts.stories:
            assert all([story.headline, story.text, story.offer])
            assert campaign.say_points(campaign.invitee_points, language) in story.offer
    assert campaign.stories[0].kind is StoryKind.INSIDE_STORY


def test_the_shipped_campaign_tells_one_story_of_each_kind() -> None:
    """Whatever makes somebody pass things on, there is a story for it; each text knows its kind."""
    stories = parse(SHIPPED).texts_for("en").stories
    assert {story.kind for story in stories} == set(StoryKind)
    assert len({story.key for story in stories}) == len(stories) == len(StoryKind)


def test_rules_may_be_left_out() -> None:
    """A file without rules, or with some of them, has the usual ones; the shipped file shows the usual ones."""
    without = "".join(part for part in re.split(r"(?m)^(?=\[)", WELCOME) if not part.startswith("[rules]"))
    assert "[rules]" not in without
    assert parse(without).rules == Rules() == parse(WELCOME).rules == parse(SHIPPED).rules
    assert parse(edit("hold_days = 7", "")).rules == Rules()
    assert Rules() == Rules(hold_days=7, claim_days=7, pause_days=14, community=None, join_community=False)


@pytest.mark.parametrize(
    ("old", "new", "rules"),
    [
        ("hold_days = 7", "hold_days = 30", Rules(hold_days=30)),
        ("claim_days = 7", "claim_days = 1", Rules(claim_days=1)),
        ("pause_days = 14", "pause_days = 365", Rules(pause_days=365)),
        ("pause_days = 14", "hold_out_percent = 1", Rules(hold_out_percent=1)),
        ("pause_days = 14", "hold_out_percent = 50", Rules(hold_out_percent=50)),
        ("pause_days = 14", 'wording = "give"', Rules(wording="give")),
        ("join_community = false", "join_community = true", Rules(join_community=True)),
        ('# community = "@my_group"', 'community = "@Little_Oven"', Rules(community="@Little_Oven")),
        ('# community = "@my_group"', "community = -1001234567890", Rules(community=-1001234567890)),
        ('# community = "@my_group"', 'community = "-1001234567890"', Rules(community=-1001234567890)),
    ],
)
def test_a_rule_is_read(old: str, new: str, rules: Rules) -> None:
    """Each rule changes itself alone."""
    assert parse(edit(old, new)).rules == rules


def test_the_file_may_come_as_bytes_of_any_editor() -> None:
    """A byte order mark and Windows line ends change nothing."""
    assert parse(b"\xef\xbb\xbf" + WELCOME.replace("\n", "\r\n").encode()) == parse(WELCOME)


def test_a_campaign_cannot_be_changed() -> None:
    """It is a value that everybody may hold."""
    with pytest.raises(FrozenInstanceError):
        parse(WELCOME).slug = "other"  # type: ignore[misc]  # that this fails is the point


def test_points_are_said_in_the_words_of_the_shop() -> None:
    """One and many differ where the language does; thousands are separated as readers expect."""
    campaign = parse(edit('["point", "points"]', '["stamp", "stamps"]'))
    assert [campaign.say_points(n, "en") for n in (0, 1, 2, -1, 1500)] == [
        "0 stamps",
        "1 stamp",
        "2 stamps",
        "\u22121 stamp",
        "1,500 stamps",
    ]
    assert campaign.say_points(1500, "id") == "1.500 poin"
    assert campaign.say_points(1500, "zh") == "1,500 积分"


def test_points_in_a_story_follow_the_rules() -> None:
    """Whoever changes the points need not remember that a text names them."""
    campaign = parse(edit("invitee = 25", "invitee = 1"))
    assert "start with 1 point." in campaign.texts_for("en").stories[0].offer


def say_only(*languages: str) -> str:
    """The file with its texts in these languages alone; one that it lacks says what English says."""
    lines = []
    for line in WELCOME.split("\n"):
        said = re.match(r"(en|id|zh) = (.*)", line)
        if said is None:
            lines.append(line)
        elif said[1] == "en":
            lines += [f"{language} = {said[2]}" for language in languages]
    return "\n".join(lines).replace('channel_language = "en"\n', "")


@pytest.mark.parametrize("languages", [("en",), ("id",), ("zh", "en"), ("en", "id", "zh", "pt-br", "xx"), ("xx",)])
def test_a_shop_speaks_its_own_languages(languages: tuple[str, ...]) -> None:
    """One or five, known to the program or not, even one that nobody has heard of: to every reader the shop says something."""
    campaign = parse(say_only(*languages))
    assert campaign.languages == languages
    assert campaign.channel_language == languages[0]
    for reader in {*LANGUAGES, *languages, "fr", "pt", "xx-new", ""}:
        texts = campaign.texts_for(reader)
        assert all([texts.brand, texts.stories[0].offer, campaign.say_points(2, reader)])


def test_a_reader_of_none_of_them_gets_the_first() -> None:
    """A regional form is served by the plain one, and the other way round."""
    campaign = parse(say_only("id", "pt-br", "zh"))
    readers = {"zh-hant": "zh", "pt": "pt-br", "pt-br": "pt-br", "pt-pt": "pt-br", "en": "id", "": "id"}
    assert {reader: campaign.find_language(reader) for reader in readers} == readers


def test_points_have_the_plural_forms_of_their_language() -> None:
    """Russian has three; a form that is left out is said like the last one given."""
    forms = '{ one = "балл", few = "балла", many = "баллов" }'
    campaign = parse(say_only("ru").replace('["point", "points"]', forms))
    said = {1: "1 балл", 2: "2 балла", 5: "5 баллов", 11: "11 баллов", 21: "21 балл", 1500: "1\xa0500 баллов"}
    assert {number: campaign.say_points(number, "ru") for number in said} == said
    shorter = parse(say_only("ru").replace('["point", "points"]', '["балл", "баллов"]'))
    assert [shorter.say_points(number, "ru") for number in (1, 2, 5)] == ["1 балл", "2 баллов", "5 баллов"]


def test_two_words_stand_for_one_and_many_in_any_language() -> None:
    """Where the language itself has one form, a shop may still tell one from many."""
    campaign = parse(say_only("id").replace('["point", "points"]', '["stempel", "banyak stempel"]'))
    assert [campaign.say_points(number, "id") for number in (1, 2)] == ["1 stempel", "2 banyak stempel"]


def test_texts_are_cleaned() -> None:
    """Line breaks, doubled spaces and what cannot be seen are taken out."""
    campaign = parse(edit('en = "Little Oven"', 'en = """\nLittle\n  Ov\u202een\n"""'))
    assert campaign.brand["en"] == "Little Oven"


@pytest.mark.parametrize("text", ["می\u200cرویم", "ශ්\u200dරී ලංකා", "क्\u200dष", "❤️\u200d🔥 👩🏽\u200d🍳"])
def test_texts_keep_their_joiners(text: str) -> None:
    """Persian, Sinhala, Hindi and emoji are not written without; they reach name and unit of the shop as typed."""
    campaign = parse(edit('en = "Little Oven"', f'en = "{text}"').replace('["point", "points"]', f'"{text}"'))
    assert campaign.brand["en"] == text
    assert campaign.say_points(2, "en") == f"2 {text}"


def test_several_stories_keep_their_order() -> None:
    """The first story is the one that is shared."""
    second = WELCOME[WELCOME.index("[[stories]]") :].replace('"mina"', '"bread"')
    assert [story.key for story in parse(WELCOME + "\n" + second).stories] == ["mina", "bread"]


WRONG_VALUES = [
    # old, new, field, words that help
    ('slug = "welcome"', 'slug = "Wel come"', "slug", "small letters"),
    ('slug = "welcome"', 'slug = ""', "slug", "empty"),
    ('slug = "welcome"', f'slug = "{"x" * 33}"', "slug", "33 characters; 32"),
    ('slug = "welcome"', "slug = 7", "slug", "between quotes"),
    ('theme = "', 'theme = "no', "theme", '"night"'),
    ('slug = "welcome"', 'slogan = "welcome"', "slogan", "Did you mean slug?"),
    ("inviter = 50", "inviter = 0", "points.inviter", "from 1 to 1000000"),
    ("inviter = 50", "inviter = 1000001", "points.inviter", "from 1 to 1000000"),
    ("inviter = 50", 'inviter = "50"', "points.inviter", "without quotes"),
    ("inviter = 50", "inviter = 50.5", "points.inviter", "whole number"),
    ("inviter = 50", "inviter = true", "points.inviter", "whole number"),
    ("invitee = 25", "invited = 25", "points.invited", "Did you mean invitee?"),
    ('zh = "小炉面包房"', 'zh = "小炉面包房"\nenglish = "Oven"', "brand.english", "two or three letters"),
    ('zh = "小炉面包房"', 'zh = "小炉面包房"\nEN = "Oven"', "brand.EN", "like en or id"),
    ('zh = "积分"', 'zh = "积分"\nfr = "points"', "points.unit.fr", "en, id, zh"),
    ('channel_language = "en"', 'channel_language = "fr"', "channel_language", '"zh"'),
    ('["point", "points"]', '{ one = "point", lots = "points" }', "points.unit.en.lots", "few, many, other"),
    ('id = "Oven Mungil"', f'id = "{"x" * 33}"', "brand.id", "33 characters; 32"),
    ('id = "Oven Mungil"', 'id = "\u200b \u2800"', "brand.id", "empty"),
    ('["point", "points"]', '["a", "b", "c"]', "points.unit.en", "one word, or two"),
    ('["point", "points"]', '["a", 1]', "points.unit.en", "between quotes"),
    ('["point", "points"]', "3", "points.unit.en", "between quotes"),
    ('kind = "inside story"', 'kind = "secret"', "stories.kind", '"occasion"'),
    ('key = "mina"', 'key = "Mina!"', "stories.key", "small letters"),
    ("[[stories]]", "[stories]", "stories", "double brackets"),
    ("{invitee_points}.", "{bonus}.", "stories.offer.en", "{invitee_points}"),
    ("[stories.headline]", "[stories.title]", "stories.title", "What can stand here"),
    ("[brand]", "[brandt]", "brandt", "Did you mean brand?"),
    ("hold_days = 7", "hold_days = 0", "rules.hold_days", "from 1 to 365"),
    ("claim_days = 7", "claim_days = 366", "rules.claim_days", "from 1 to 365"),
    ("pause_days = 14", 'pause_days = "14"', "rules.pause_days", "without quotes"),
    ("pause_days = 14", "hold_out_percent = 51", "rules.hold_out_percent", "from 1 to 50"),
    ("pause_days = 14", "hold_out_percent = 0", "rules.hold_out_percent", "from 1 to 50"),
    ("pause_days = 14", "hold_out_percent = 2.5", "rules.hold_out_percent", "whole number"),
    ("pause_days = 14", 'wording = "take"', "rules.wording", "give"),
    ("pause_days = 14", "paus_days = 14", "rules.paus_days", "Did you mean pause_days?"),
    ("join_community = false", "join_community = 1", "rules.join_community", "true or false"),
    ('# community = "@my_group"', 'community = "my group"', "rules.community", '"@my_group"'),
    ('# community = "@my_group"', 'community = "t.me/my_group"', "rules.community", "-1001234567890"),
    ('# community = "@my_group"', "community = 0", "rules.community", "is no chat"),
    ('# community = "@my_group"', "community = true", "rules.community", "between quotes"),
]


@pytest.mark.parametrize(("old", "new", "field", "words"), WRONG_VALUES)
def test_a_wrong_value_is_named(old: str, new: str, field: str, words: str) -> None:
    """Line, field, and what would be right: nobody has to guess."""
    mistake = mistake_in(edit(old, new))
    assert mistake.line == line_of(WELCOME, old) + new.count("\n")
    assert mistake.field == field
    assert words in mistake.problem
    assert str(mistake).startswith(f"line {mistake.line}, {field}: ")


@pytest.mark.parametrize(
    ("gone", "block", "field"),
    [
        ('slug = "welcome"', "# Your campaign", "slug"),
        ("invitee = 25", "[points]", "points.invitee"),
        ('zh = "积分"', "[points.unit]", "points.unit.zh"),
        ('en = ["point", "points"]', "[points.unit]", "points.unit.en"),
        ('key = "mina"', "[[stories]]", "stories.key"),
        ("[stories.headline]", "[[stories]]", "stories.headline"),
    ],
)
def test_a_missing_value_is_named(gone: str, block: str, field: str) -> None:
    """The line is that of the block it should stand in, and an example shows how."""
    text = WELCOME[: WELCOME.index(gone)] if gone.startswith("[") else edit(gone, "")
    mistake = mistake_in(text)
    assert (mistake.line, mistake.field) == (line_of(text, block), field)
    assert "this is missing. Write " in mistake.problem


BROKEN = [
    ('slug = "welcome"', "slug = \u201cwelcome\u201d", "slug", "curly"),
    ('slug = "welcome"', 'slug = "welcome', "slug", "same line"),
    ('slug = "welcome"', "slug = welcome", "slug", "straight quotes"),
    ('slug = "welcome"', 'slug "welcome"', "", "The = is missing"),
    ('slug = "welcome"', 'slug = "welcome"\nslug = "again"', "slug", "twice"),
    ('slug = "welcome"', 'slug = "wel"come"', "slug", '\\"'),
    ('slug = "welcome"', 'slug = "wel\\come"', "slug", "\\\\"),
    ("[brand]", "[brand", "", "] is missing"),
    ('en = "Little Oven"', "en = \u201eLittle Oven\u201c", "brand.en", "curly"),
]


@pytest.mark.parametrize(("old", "new", "field", "words"), BROKEN)
def test_broken_toml_is_explained(old: str, new: str, field: str, words: str) -> None:
    """What phones and tired eyes do to a file is told in plain words, not in a parser's."""
    text = edit(old, new)
    mistake = mistake_in(text)
    last = new.rpartition("\n")[2]
    assert mistake.line == line_of(text, last)
    assert mistake.field == field
    assert words in mistake.problem


def test_a_text_that_never_ends_is_found_at_the_end() -> None:
    """An open long text swallows the rest of the file."""
    mistake = mistake_in(WELCOME + '\nnote = """ for ever')
    assert mistake.line == WELCOME.count("\n") + 2
    assert "never closed" in mistake.problem


def test_bytes_of_another_encoding_are_named() -> None:
    """An old editor's encoding is told by line."""
    mistake = mistake_in("slug = 'welcome'\n# caf\xe9".encode("latin-1"))
    assert mistake.line == 2
    assert "UTF-8" in mistake.problem


def test_a_value_of_several_lines_is_found_where_it_begins() -> None:
    """The line named is the one to look at, however the value is written."""
    text = edit('en = "Little Oven"', f'en = """\n{"x" * 20}\n{"y" * 20}"""')
    assert mistake_in(text).line == line_of(text, 'en = """')


def test_dotted_keys_and_inline_tables_are_found_too() -> None:
    """Whoever knows TOML may write it their way."""
    brand = WELCOME[WELCOME.index("[brand]") : WELCOME.index("# What a recommendation")]
    text = WELCOME.replace(brand, "").replace("theme =", 'brand.en = "A"\nbrand.id = 5\nbrand.zh = "C"\ntheme =', 1)
    assert (mistake_in(text).line, mistake_in(text).field) == (line_of(text, "brand.id"), "brand.id")
    text = WELCOME.replace(brand, "").replace("theme =", 'brand = { en = "A", id = "B", zh = "" }\ntheme =', 1)
    assert (mistake_in(text).line, mistake_in(text).field) == (line_of(text, "brand = {"), "brand.zh")


def test_a_text_must_fit_with_its_points_written_out() -> None:
    """Placeholders are short, numbers may not be."""
    text = edit('"points"]', '"sixteen-letters-"]').replace("start with {invitee_points}.", "{invitee_points}" * 5, 1)
    assert mistake_in(text).field == "stories.offer.en"
    assert "written out" in mistake_in(text).problem


def test_a_key_names_one_story() -> None:
    """Two stories of one key could not be told apart."""
    twice = WELCOME + "\n" + WELCOME[WELCOME.index("[[stories]]") :]
    mistake = mistake_in(twice)
    assert mistake.field == "stories.key"
    assert mistake.line > WELCOME.count("\n")


@pytest.mark.parametrize("text", ["", "# nothing yet", "stories = []", "a = 1"])
def test_an_unfinished_file_is_a_mistake(text: str) -> None:
    """However little there is, the answer is a mistake with a line, never a crash."""
    assert mistake_in(text).line >= 1


VALUES: list[Any] = [
    "",
    "x",
    "7",
    "-1",
    "3.5",
    "true",
    "[]",
    '[""]',
    "{}",
    '"x"',
    '"{a}"',
    "[{}]",
    "1979-05-27",
    '"""\na"""',
]


@settings(deadline=None)
@given(st.integers(0, 60), st.sampled_from(VALUES))
def test_any_value_anywhere_is_either_right_or_named(which: int, value: str) -> None:
    """Whatever stands in the place of whichever value: a campaign or a CampaignMistake on a line of the file."""
    lines = WELCOME.split("\n")
    places = [number for number, line in enumerate(lines) if re.match(r"\w+ +=|\w+ =", line)]
    number = places[which % len(places)]
    lines[number] = lines[number].split("=")[0] + "= " + value
    with suppress(CampaignMistake):
        assert parse("\n".join(lines)).brand.keys() == set(LANGUAGES)
        return
    mistake = mistake_in("\n".join(lines))
    assert 1 <= mistake.line <= len(lines)
    assert mistake.field


ALL_WRONG = (
    ("theme = ", 'layot = "salon"\ntheme = ', "layot"),
    ("inviter = 50", "inviter = 0", "points.inviter"),
    ("kind = ", 'kind = "rumour" # ', "stories.kind"),
    ('en = "Little Oven"', 'en = ""', "brand.en"),
    ("slug = ", 'slug = "Not a slug" # ', "slug"),
)
"""One change each, and the field that is named for it."""


def test_all_mistakes_are_told_at_once() -> None:
    """Whoever corrects a file need not look at it once for each mistake; they come in the order of the file."""
    text = SHIPPED
    for old, new, _ in ALL_WRONG:
        assert old in text
        text = text.replace(old, new, 1)
    told = mistake_in(text).all
    assert {field for *_, field in ALL_WRONG} <= {each.field for each in told}
    assert [each.line for each in told] == sorted(each.line for each in told)
    assert len({(each.line, each.field, each.problem) for each in told}) == len(told)


def test_mistakes_of_several_stories_are_all_told() -> None:
    """Every story is looked at, in every language."""
    text = SHIPPED.replace("{invitee_points}", "{bonus}")
    told = [each for each in mistake_in(text).all if "{bonus} stands for nothing" in each.problem]
    lines = [line for line in text.split("\n") if "{bonus}" in line and not line.startswith("#")]
    assert len(told) == len({each.line for each in told}) == len(lines)


def test_a_line_that_cannot_be_read_hides_no_other_mistake() -> None:
    """It is named, the rest is looked at, and nothing is called missing that stands on it."""
    text = edit('en = "Little Oven"', "en = \u201cLittle Oven\u201d").replace("inviter = 50", "inviter = fifty", 1)
    text = text.replace("kind = ", 'kind = "rumour" # ', 1)
    assert [each.field for each in mistake_in(text).all] == ["brand.en", "points.inviter", "stories.kind"]
