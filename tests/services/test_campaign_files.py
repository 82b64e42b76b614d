"""A campaign file becomes what holds: at the start, or by command, and against what was changed meanwhile."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from bot.core.campaigns.campaign import Campaign, CampaignMistake
from bot.core.campaigns.drafting import set_languages
from bot.core.campaigns.profile import find_profile
from bot.services.audit import Act
from bot.services.campaigns import get_terms
from bot.services.campaigns.listing import export_campaign, list_lines
from bot.services.campaigns.notices import FileKept, FileTaken
from bot.services.campaigns.opening import Opening, Source, open_shop, take_campaign
from bot.services.campaigns.profile import ShopSource, edit_profile, take_profile
from bot.services.joining.joining import start
from bot.services.members import note_owners
from storage import RowMissing, Store
from storage.beside import run_beside
from storage.campaign import CampaignState
from storage.records import NoticeId, Profile
from storage.tables import campaigns, outbox, pictures, shops
from storage.tables.pictures import StoredPicture
from tests.written import list_written

SARI = Profile(telegram_id=900, first_name="Sari", telegram_language="en")
PICTURE = StoredPicture(sha256="ab" * 32, content=b"\xff\xd8 a picture", width=64, height=32)


Words = tuple[str | None, str | None, int | None, str | None]
"""The shop's chats, the community's number, and the zone."""


async def list_told(store: Store) -> list[str]:
    """What owners are told of campaign files."""
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    return [each.kind for each in owed if each.kind in {FileTaken.kind, FileKept.kind}]


async def begin_again(store: Store, campaign: Campaign, *, shipped: bool = False) -> Opening:
    """The bot starts with a campaign file."""
    return await store.write(open_shop, Source(campaign=campaign), announce_chat="@news", shipped=shipped)


async def find_points(store: Store) -> int:
    """What an inviter is promised now."""
    return (await store.read(get_terms)).campaign.inviter_points


async def test_the_file_holds_when_it_says_something_new(store: Store, campaign: Campaign) -> None:
    """The owner is told once, however often the bot starts with it."""
    await store.write(note_owners, telegram_ids=[SARI.telegram_id])
    await store.write(start, visitor=SARI, payload="")
    changed = replace(campaign, inviter_points=7)
    assert await begin_again(store, changed) == Opening(taken=True, kept=False)
    assert await begin_again(store, changed) == Opening(taken=False, kept=False)
    assert await find_points(store) == 7
    assert await list_told(store) == [FileTaken.kind]


async def test_a_later_change_wins_over_the_file_until_the_file_changes(store: Store, campaign: Campaign) -> None:
    """Whoever spoke last is heard: a start alone is no word, and is told to the owner once."""
    await store.write(note_owners, telegram_ids=[SARI.telegram_id])
    await store.write(start, visitor=SARI, payload="")
    await store.write(take_campaign, Source(campaign=replace(campaign, inviter_points=7)))
    for _ in range(2):
        assert await begin_again(store, campaign) == Opening(taken=False, kept=True)
    assert await find_points(store) == 7
    assert await list_told(store) == [FileKept.kind]
    assert (await begin_again(store, replace(campaign, inviter_points=8))).taken
    assert await find_points(store) == 8


async def test_the_shipped_file_is_no_word_of_the_shops(store: Store, campaign: Campaign) -> None:
    """It holds in a new shop alone, and never comes back over what the shop has said."""
    mine = replace(campaign, slug="mine", inviter_points=7)
    await store.write(take_campaign, Source(campaign=mine))
    assert await begin_again(store, replace(campaign, inviter_points=9), shipped=True) == Opening(
        taken=False, kept=False
    )
    assert (await store.read(get_terms)).campaign == mine
    assert (await store.read(shops.get)).announce_chat == "@news"


async def test_going_back_to_a_former_file_is_a_word(store: Store, campaign: Campaign) -> None:
    """The same two files in turn: each start with another one than the last changes what holds."""
    other = replace(campaign, slug="other", inviter_points=7)
    for wanted in (other, campaign, other):
        assert (await begin_again(store, wanted)).taken
        assert (await store.read(get_terms)).campaign == wanted


async def test_a_campaign_may_run_beside_the_main_one(store: Store, campaign: Campaign) -> None:
    """It is listed with its state, and what holds for links without a campaign is as it was."""
    other = replace(campaign, slug="other", inviter_points=7)
    assert await store.write(take_campaign, Source(campaign=other), main=False)
    assert not await store.write(take_campaign, Source(campaign=other), main=False)
    assert (await store.read(get_terms)).campaign == campaign
    assert [(each.slug, each.state, each.main) for each in await store.read(list_lines)] == [
        (campaign.slug, CampaignState.RUNNING, True),
        ("other", CampaignState.RUNNING, False),
    ]
    assert await store.write(take_campaign, Source(campaign=other))
    assert [each.main for each in await store.read(list_lines)] == [False, True]
    assert await store.read(list_written, Act.CAMPAIGN_WRITTEN, Act.CAMPAIGN_MAIN) == [
        (Act.CAMPAIGN_WRITTEN, None, campaign.slug, None, "", "v1"),
        (Act.CAMPAIGN_WRITTEN, None, "other", None, "", "v2"),
        (Act.CAMPAIGN_MAIN, None, "other", None, "", ""),
    ]
    mine = await store.read(export_campaign, campaign.slug)
    assert mine.campaign == campaign


async def test_a_file_that_names_another_community_chat_has_said_so(store: Store, campaign: Campaign) -> None:
    """One that names the same one again, or none, changes nothing of what was said since."""

    async def take(community: int | str | None, points: int) -> tuple[str | None, int | None]:
        rules = replace(campaign.rules, community=community)
        await store.write(take_campaign, Source(campaign=replace(campaign, rules=rules, inviter_points=points)))
        shop = await store.read(shops.get)
        return shop.community_chat, shop.community_id

    assert await take("@oven", 7) == ("@oven", None)
    await store.write(shops.set_community_chat, "@other", -1001)
    assert await take("@oven", 8) == ("@other", -1001)
    assert await take(None, 9) == ("@other", -1001)
    assert await take(-1009, 9) == ("-1009", -1009)
    assert await take("@oven", 9) == ("@oven", None)


async def test_of_the_settings_words_each_that_is_new_is_the_later_one(store: Store, campaign: Campaign) -> None:
    """What was said in the chat since stays against a word that was said before; a word that is taken away is one too."""

    async def begin(announce: str | None, community: str | None, zone: str | None, number: int | None = None) -> Words:
        await store.write(
            partial(
                open_shop,
                source=Source(campaign=campaign),
                announce_chat=announce,
                community_chat=community,
                community_id=number,
                zone=zone,
            )
        )
        return await look()

    async def look() -> Words:
        shop = await store.read(shops.get)
        return shop.announce_chat, shop.community_chat, shop.community_id, shop.zone

    assert await begin("@news", "@oven", "Asia/Jakarta", -1001) == ("@news", "@oven", -1001, "Asia/Jakarta")
    await store.write(shops.set_announce_chat, "@told")
    await store.write(shops.set_zone, "Europe/Berlin")
    assert await begin("@news", "@oven", "Asia/Jakarta") == ("@told", "@oven", -1001, "Europe/Berlin")
    assert await begin("@news", "@oven", "Asia/Makassar", -1002) == ("@told", "@oven", -1002, "Asia/Makassar")
    await store.write(shops.set_community_chat, "@other", -1003)
    assert await begin("@more", "@oven", "Asia/Makassar", -1002) == ("@more", "@other", -1003, "Asia/Makassar")
    assert await begin(None, "@new", None, -1004) == (None, "@new", -1004, None)
    assert await begin(None, "@newer", None) == (None, "@newer", None, None)


async def test_what_is_applied_comes_out_again(store: Store, campaign: Campaign) -> None:
    """With the text it came from and its pictures; a campaign that is not there is named, with those that are."""
    shown = replace(campaign, logo=PICTURE.sha256, photo=PICTURE.sha256)
    await store.write(take_campaign, Source(campaign=shown, text="# mine", pictures=[PICTURE]))
    found = await store.read(export_campaign, campaign.slug)
    assert (found.campaign, found.former, list(found.pictures)) == (shown, "# mine", [PICTURE])
    with pytest.raises(RowMissing, match=r"no campaign lost\. There are: welcome"):
        await store.read(export_campaign, "lost")


async def test_an_applied_campaign_runs_whatever_it_was_before(store: Store, campaign: Campaign) -> None:
    """One that had ended begins again."""
    row = await store.read(campaigns.find_by_slug, campaign.slug)
    assert row is not None
    await store.write(campaigns.set_state, row.id, CampaignState.ENDED)
    ended = await store.read(campaigns.get, row.id)
    assert ended.ended_at is not None
    await store.write(take_campaign, Source(campaign=campaign))
    again = await store.read(campaigns.get, row.id)
    assert (again.state, again.ended_at) == (CampaignState.RUNNING, None)


async def test_the_shops_own_words_go_into_every_campaign(store: Store, campaign: Campaign) -> None:
    """Those that are over stay as they were."""
    for slug in ("beside", "over"):
        await store.write(take_campaign, Source(campaign=replace(campaign, slug=slug)), main=False)
    over = await store.read(campaigns.find_by_slug, "over")
    assert over is not None
    await store.write(campaigns.set_state, over.id, CampaignState.ENDED)
    brand = dict.fromkeys(campaign.languages, "Moon")
    found = find_profile(campaign)
    source = ShopSource(profile=replace(found, brand=brand, logo=PICTURE.sha256), pictures=[PICTURE])
    assert await store.write(take_profile, source)
    assert not await store.write(take_profile, source)
    assert {each.slug: each.name for each in await store.read(list_lines)} == {
        campaign.slug: "Moon",
        "beside": "Moon",
        "over": campaign.brand[campaign.languages[0]],
    }


async def test_a_command_works_beside_the_store_that_is_open(store: Store, store_url: str, campaign: Campaign) -> None:
    """Another process has the database open, and reads at once what the command has written."""
    mine = replace(campaign, slug="mine")
    before = (await store.read(shops.get)).revision
    assert run_beside(store_url, take_campaign, Source(campaign=mine, pictures=[PICTURE]))
    assert (await store.read(get_terms)).campaign == mine
    assert (await store.read(shops.get)).revision > before
    assert await store.read(pictures.get, PICTURE.sha256) == PICTURE
    with pytest.raises(RowMissing):
        run_beside(store_url, export_campaign, "lost")


async def test_a_shops_name_changes_in_campaigns_of_fewer_languages_too(store: Store, campaign: Campaign) -> None:
    """Each goes on in the languages that it has; nothing is refused, and nothing is lost."""
    await store.write(note_owners, telegram_ids=[SARI.telegram_id])
    await store.write(open_shop, Source(campaign=campaign))
    first, *_ = campaign.languages
    plain = set_languages(replace(campaign, slug="plain"), [first])
    await store.write(take_campaign, Source(campaign=plain), main=False)
    await store.write(
        edit_profile, visitor=SARI, edit=lambda profile: replace(profile, brand=dict.fromkeys(profile.brand, "New"))
    )
    row = await store.read(campaigns.find_by_slug, "plain")
    assert row is not None
    assert (await store.read(get_terms, row.version_id)).campaign.brand == {first: "New"}
    assert set((await store.read(get_terms)).campaign.brand.values()) == {"New"}


async def test_a_shops_file_in_more_languages_names_every_text_that_is_missing(
    store: Store, campaign: Campaign
) -> None:
    """All stories of all languages at once, and nothing changes before they are written."""
    await store.write(open_shop, Source(campaign=campaign))
    profile = find_profile(campaign)
    more = replace(profile, brand=profile.brand | {"fr": "Four"}, unit=profile.unit | {"fr": {"other": "points"}})
    with pytest.raises(CampaignMistake, match="has no words in fr yet") as caught:
        await store.write(take_profile, ShopSource(profile=more))
    assert len(caught.value.all) == len(campaign.stories)
    assert "fr" not in (await store.read(get_terms)).campaign.brand
