"""A campaign file of a shop with one language, and the pictures it names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign, CampaignMistake, parse_campaign
from bot.core.campaigns.content import compose_content, parse_content
from bot.core.campaigns.pictures import PictureRefused

PLAIN = """\
slug = "senja"
theme = "sunrise"
languages = ["id"]
brand = "Kopi Senja"
logo = "logo.png"
photo = "pictures/bar.jpg"

[points]
inviter = 10
invitee = 5
unit = "biji"

[[stories]]
key = "first"
kind = "occasion"
headline = "Kopi sore"
text = "Setiap sore ada yang baru."
offer = "Mulai dengan {invitee_points}."
picture = "pictures/cup.jpg"

[[stories]]
key = "second"
kind = "novelty"
headline = "Kopi pagi"
text = "Setiap pagi juga."
offer = "Mulai dengan {invitee_points}."
"""

BY_LANGUAGE = (
    PLAIN.replace('languages = ["id"]\n', "")
    .replace('brand = "Kopi Senja"\n', "")
    .replace('unit = "biji"', 'unit = { id = "biji" }')
    .replace("[points]", '[brand]\nid = "Kopi Senja"\n\n[points]')
)
for _field in ("headline", "text", "offer"):
    BY_LANGUAGE = "\n".join(
        line.replace(f"{_field} = ", f"{_field}.id = ") if line.startswith(f"{_field} = ") else line
        for line in BY_LANGUAGE.split("\n")
    )


def find(path: str) -> str:
    """Every picture is there but one."""
    if path == "nowhere.jpg":
        raise PictureRefused("there is no such file.")
    return f"digest of {path}"


def parse(text: str) -> Campaign:
    """Parse with these pictures."""
    return parse_campaign(text, themes=["sunrise"], find_picture=find)


def mistake_in(text: str) -> tuple[int, str, str]:
    """Line, field and words of the mistake that parsing must find."""
    with pytest.raises(CampaignMistake) as caught:
        parse(text)
    return caught.value.line, caught.value.field, caught.value.problem


def test_a_shop_of_one_language_says_everything_plainly() -> None:
    """What it says is what it would say in blocks by language."""
    campaign = parse(PLAIN)
    assert campaign == parse(BY_LANGUAGE)
    assert campaign.languages == ("id",)
    texts = campaign.texts_for("en")
    assert (texts.brand, texts.stories[0].headline) == ("Kopi Senja", "Kopi sore")
    assert texts.stories[0].offer == "Mulai dengan 5 biji."


def test_plain_words_and_blocks_may_be_mixed() -> None:
    """Also without a list, where the name alone says which language it is."""
    mixed = BY_LANGUAGE.replace("headline.id = ", "headline = ").replace('{ id = "biji" }', '["biji", "biji-biji"]')
    campaign = parse(mixed)
    assert campaign.stories == parse(PLAIN).stories
    assert [campaign.say_points(number, "id") for number in (1, 2)] == ["1 biji", "2 biji-biji"]
    forms = parse(PLAIN.replace('unit = "biji"', 'unit = { one = "biji", other = "biji-biji" }'))
    assert forms.unit == campaign.unit


def test_listed_languages_come_in_the_order_of_the_list() -> None:
    """The first is whom strangers are answered in, wherever its texts stand."""
    text = PLAIN.replace('["id"]', '["id", "en"]')
    for field in ("headline", "text", "offer"):
        text = text.replace(f"{field} = ", f'{field}.en = "E {{invitee_points}}"\n{field}.id = ')
    text = text.replace('brand = "', 'brand.en = "Dusk"\nbrand.id = "').replace(
        '"biji"', '{ en = "bean", id = "biji" }'
    )
    assert parse(text).languages == ("id", "en")


WRONG = [
    # old, new, field, words that help
    ('languages = ["id"]', "languages = []", "languages", '["en", "id"]'),
    ('languages = ["id"]', 'languages = "id"', "languages", "list of languages"),
    ('languages = ["id"]', 'languages = ["Bahasa"]', "languages", "two or three letters"),
    ('languages = ["id"]', 'languages = ["id", "id"]', "languages", "twice"),
    ('languages = ["id"]', "", "brand", 'languages = ["en"]'),
    ('languages = ["id"]', 'languages = ["id", "en"]', "brand", 'id = "…", en = "…"'),
    ('brand = "Kopi Senja"', 'brand = { en = "Dusk" }', "brand.en", "What can stand here: id"),
    ('brand = "Kopi Senja"', "brand = 3", "brand", "between quotes"),
    ('headline = "Kopi sore"', f'headline = "{"x" * 61}"', "stories.headline", "61 characters; 60"),
    ('headline = "Kopi sore"', "", "stories.headline", 'Write headline = "…"'),
    ("dengan {invitee_points}.", "dengan {bonus}.", "stories.offer", "{invitee_points}"),
    ('unit = "biji"', 'unit = { one = "biji", lots = "biji" }', "points.unit.one", "id"),
    ('unit = "biji"', 'unit = ["a", "b", "c"]', "points.unit", "one word, or two"),
    ('logo = "logo.png"', "logo = 3", "logo", "between quotes"),
    ('logo = "logo.png"', 'logo = "/etc/logo.png"', "logo", "as seen from this file"),
    ('logo = "logo.png"', 'logo = "C:\\\\logo.png"', "logo", "as seen from this file"),
    ('logo = "logo.png"', 'logo = "nowhere.jpg"', "logo", "there is no such file"),
    ('picture = "pictures/cup.jpg"', 'picture = "nowhere.jpg"', "stories.picture", '"nowhere.jpg"'),
    ('picture = "pictures/cup.jpg"', 'image = "cup.jpg"', "stories.image", "What can stand here"),
]


@pytest.mark.parametrize(("old", "new", "field", "words"), WRONG)
def test_what_is_wrong_is_named_where_it_stands(old: str, new: str, field: str, words: str) -> None:
    """Plain words are looked at as strictly as blocks; a missing one is named at the block it should stand in."""
    line, named, problem = mistake_in(PLAIN.replace(old, new, 1))
    above = PLAIN[: PLAIN.index("[[stories]]")].count("\n") + 1
    if new == "":
        assert line == (above if field.startswith("stories") else PLAIN[: PLAIN.index("brand")].count("\n") + 1)
    elif field != "brand" or "languages" not in old:
        assert line == PLAIN[: PLAIN.index(old)].count("\n") + 1
    assert named == field
    assert words in problem


def test_a_plain_offer_must_fit_with_its_points_written_out() -> None:
    """And the field is named as it stands in the file."""
    text = PLAIN.replace('"biji"', '"sixteen-letters-"').replace("dengan {invitee_points}.", "{invitee_points}" * 8, 1)
    assert mistake_in(text)[1] == "stories.offer"


def test_pictures_are_known_by_what_is_in_them() -> None:
    """A story without one has the campaign's, and one that has its own has that."""
    campaign = parse(PLAIN)
    assert campaign.logo == "digest of logo.png"
    first, second = campaign.texts_for("id").stories
    assert (first.look.photo, second.look.photo) == ("digest of pictures/cup.jpg", "digest of pictures/bar.jpg")


def test_a_text_with_nothing_beside_it_names_no_pictures() -> None:
    """Who hands in a text alone is told so."""
    with pytest.raises(CampaignMistake, match="nothing beside this text"):
        parse_campaign(PLAIN, themes=["sunrise"])


def test_pictures_come_back_and_their_absence_leaves_no_mark() -> None:
    """A campaign without pictures has the very content it had before there were any, and so makes no new version."""
    campaign = parse(PLAIN)
    assert parse_content(compose_content(campaign)) == campaign
    bare = replace(campaign, logo="", photo="", stories=tuple(replace(each, picture="") for each in campaign.stories))
    assert not {"logo", "photo", "picture"} & set(compose_content(bare).replace('"', " ").split())
