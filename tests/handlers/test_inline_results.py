from __future__ import annotations

from dataclasses import replace

import pytest
from telegram import InlineQueryResultArticle, InlineQueryResultCachedPhoto, InlineQueryResultPhoto

from bot.handlers.sharing.inline import MOST_RESULTS, compose_results
from bot.messages.texts import LANGUAGES
from bot.services.sharing.cards import InlineView
from tests.handlers.sharing_stage import STORIES
from tests.messages.samples import CODE, make_member, make_shop


def make_view(*known: str, language: str = "en") -> InlineView:
    """A member of whose cards Telegram has those with these stories."""
    return InlineView(
        member=make_member(language=language),
        versions={key: f"v-{key}" for key in STORIES},
        file_ids={key: f"file-{key}" for key in known},
    )


def test_pictures_by_address_need_https() -> None:
    """Telegram fetches by https alone; the address changes with the picture, since Telegram keeps what it fetched."""
    shop = replace(make_shop(), public_url="https://oven.example")
    results = compose_results(shop, make_view(STORIES[1]), "")
    kinds = [InlineQueryResultPhoto, InlineQueryResultCachedPhoto, *[InlineQueryResultPhoto] * 3]
    assert [type(result) for result in results] == [*kinds, InlineQueryResultArticle]
    for result, story in zip(results, STORIES, strict=False):
        if isinstance(result, InlineQueryResultPhoto):
            assert result.photo_url == f"https://oven.example/c/{CODE}-{story}.jpg?v=v-{story}"
            assert result.thumbnail_url == result.photo_url
    local = compose_results(replace(make_shop(), public_url="http://127.0.0.1:8080"), make_view(), "")
    assert {type(result) for result in local} == {InlineQueryResultArticle}


@pytest.mark.parametrize("language", LANGUAGES)
def test_result_ids_fit_and_differ(language: str) -> None:
    """At most 64 bytes each, none twice, whatever the language."""
    ids = [result.id for result in compose_results(make_shop(), make_view(language=language), "")]
    assert len(set(ids)) == len(ids) == len(STORIES) + 1
    assert all(1 <= len(each.encode()) <= 64 for each in ids)


def test_many_campaigns_fit_into_an_answer() -> None:
    """Telegram refuses more than fifty results: the first stories are offered, the words last, and typing finds the others."""
    shop = make_shop()
    told = shop.campaign.stories[0]
    others = [
        replace(told, key=f"{number}-more", headline=dict.fromkeys(told.headline, f"Headline {number}"))
        for number in range(2, 62)
    ]
    shop = replace(shop, campaign=replace(shop.campaign, stories=(told, *others)))
    view = replace(make_view(), versions={story.key: "v" for story in shop.campaign.stories})
    results = compose_results(shop, view, "")
    assert len(results) == MOST_RESULTS
    assert [result.id.partition(":")[2] for result in results[:2]] == [told.key, "2-more"]
    assert results[-1].id.startswith("words")
    assert "61-more" in compose_results(shop, view, "Headline 61")[0].id
