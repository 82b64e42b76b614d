"""Campaigns as they are written in the chat: drafts, what lets them hold, what they give, and what is written down of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.campaigns.content import parse_content
from bot.core.campaigns.drafting import Gap, add_story
from bot.core.campaigns.parts import Part, set_part
from bot.core.campaigns.posting_answers import list_posting_answers
from bot.core.campaigns.running import Change, ChangeRefusal
from bot.core.campaigns.terms_answers import list_terms_answers
from bot.core.campaigns.tiers import Tier
from bot.services.audit import PAGE_ACTS, Act, list_acts, view_audit
from bot.services.campaigns import find_first_story, get_shop, get_terms, names_community, note_bot
from bot.services.campaigns.editing import (
    EditorView,
    PanelCampaign,
    begin_campaign,
    drop_changes,
    edit_campaign,
    move_campaign,
    publish_campaign,
    schedule_campaign,
    view_editor,
    view_panel,
)
from bot.services.campaigns.listing import export_campaign, export_shop, list_lines
from bot.services.campaigns.opening import Source, take_campaign
from bot.services.campaigns.parts import (
    MOST_LABELS,
    PartsView,
    keep_part,
    keep_picture,
    remove_part,
    view_parts,
)
from bot.services.campaigns.profile import edit_profile, place_shop, view_shop
from bot.services.campaigns.terms import keep_posting, keep_terms
from bot.services.members import NotAllowed
from storage import RowMissing, Store
from storage.campaign import CampaignState
from storage.records import CampaignId
from storage.role import Role
from storage.tables import campaigns, coupons, inspections, labels, pictures, roles, shops
from storage.tables.inspections import Inspection
from storage.tables.pictures import StoredPicture
from tests.services.conftest import CHAT
from tests.storage.cast import add_member, make_profile, take_for
from tests.storage.clock import Clock

SARI = make_profile(1, "Sari")
TONO = make_profile(2, "Tono")
PICTURE = StoredPicture(sha256="ab" * 32, content=b"\xff\xd8 a picture", width=64, height=32)
NOBODY = CampaignId(99)


@pytest.fixture
async def shop(store: Store) -> Store:
    """A shop that Sari manages; Tono is a member."""
    await store.write(add_member, 1, "Sari")
    await store.write(add_member, 2, "Tono")
    await store.write(roles.set, SARI.telegram_id, Role.MANAGER)
    return store


async def find_main(store: Store) -> CampaignId:
    """The main campaign."""
    return (await store.read(shops.get)).campaign_id


async def begin(store: Store, campaign: Campaign, wished: str = "summer") -> EditorView:
    """Sari begins a campaign from another one."""
    return await store.write(begin_campaign, visitor=SARI, template=campaign, wished=wished)


def promise(points: int, campaign: Campaign) -> Campaign:
    """With other points for the inviter."""
    return replace(campaign, inviter_points=points)


async def set_points(store: Store, number: CampaignId, points: int) -> EditorView:
    """Sari changes what an inviter gets."""
    view = await store.write(
        edit_campaign, visitor=SARI, campaign_id=number, edit=lambda campaign: promise(points, campaign)
    )
    assert view is not None
    return view


async def list_written(store: Store) -> list[tuple[str, str, str, str, str]]:
    """What was written down of people, the latest first: the act, who, of what, before, after."""
    acts = [each for each in await store.read(list_acts, most=99) if not each.by_command]
    return [(each.act, each.actor, each.subject, each.before, each.after) for each in acts]


async def test_only_who_runs_campaigns_writes_them(shop: Store, campaign: Campaign) -> None:
    """Anybody else is refused, whatever they ask for, and nothing changes."""
    main = await find_main(shop)
    parts = {"part": "tier", "campaign": main, "key": ""}
    for asked in (
        shop.write(view_panel, visitor=TONO),
        shop.write(view_editor, visitor=TONO, campaign_id=main),
        shop.write(begin_campaign, visitor=TONO, template=campaign, wished="mine"),
        shop.write(edit_campaign, visitor=TONO, campaign_id=main, edit=lambda each: promise(1, each)),
        shop.write(drop_changes, visitor=TONO, campaign_id=main),
        shop.write(publish_campaign, visitor=TONO, campaign_id=main),
        shop.write(move_campaign, visitor=TONO, campaign_id=main, change=Change.PAUSE),
        shop.write(schedule_campaign, visitor=TONO, campaign_id=main, field="ends_at", value=1),
        shop.write(view_parts, visitor=TONO, campaign_id=main, part=Part.TIER),
        shop.write(remove_part, visitor=TONO, campaign_id=main, part=Part.TIER, key="gold"),
        shop.write(keep_part, visitor=TONO, data=parts),
        shop.write(keep_picture, visitor=TONO, picture=PICTURE),
        shop.write(keep_terms, visitor=TONO, data=parts),
        shop.write(keep_posting, visitor=TONO, data=parts),
        shop.write(view_shop, visitor=TONO),
        shop.write(place_shop, visitor=TONO, field="zone", value="Asia/Jakarta"),
        shop.write(edit_profile, visitor=TONO, edit=lambda profile: profile),
        shop.write(view_audit, visitor=TONO),
    ):
        with pytest.raises(NotAllowed):
            await asked
    assert (await shop.read(get_terms)).campaign == campaign
    assert (await shop.read(campaigns.get, main)).draft is None


async def test_the_panel_shows_every_campaign_as_it_stands(shop: Store, campaign: Campaign) -> None:
    """Which is the main one, which has a draft that does not hold, and when they begin and end."""
    main = await find_main(shop)
    begun = await begin(shop, campaign)
    await shop.write(campaigns.set_start, begun.entry.id, 5)
    await shop.write(campaigns.set_end, begun.entry.id, 9, None)
    seen = await shop.read(view_panel, visitor=SARI)
    assert seen.member.name == "Sari"
    assert list(seen.campaigns) == [
        PanelCampaign(id=main, slug="welcome", state=CampaignState.RUNNING, main=True, changed=False),
        PanelCampaign(
            id=begun.entry.id,
            slug="summer",
            state=CampaignState.DRAFT,
            main=False,
            changed=True,
            starts_at=5,
            ends_at=9,
        ),
    ]


async def test_a_campaign_begins_as_a_draft_of_this_shop(shop: Store, campaign: Campaign) -> None:
    """Under a name that is free; a second tap finds it as long as nobody has touched it; nothing is promised by it."""
    first = await begin(shop, replace(campaign, slug="template", brand={"en": "Other"}))
    assert first.draft == replace(campaign, slug="summer")
    assert (first.entry.slug, first.entry.state, first.entry.main, first.entry.changed) == (
        "summer",
        CampaignState.DRAFT,
        False,
        True,
    )
    assert (first.holds, list(first.gaps), first.refusal, first.member.name) == (None, [], None, "Sari")
    assert await list_written(shop) == [("campaign_state", "Sari", "summer", "", "draft")]
    assert (await begin(shop, campaign)).entry.id == first.entry.id
    await set_points(shop, first.entry.id, 7)
    second = await begin(shop, campaign)
    assert (second.entry.id != first.entry.id, second.entry.slug) == (True, "summer-2")
    await shop.write(campaigns.set_state, second.entry.id, CampaignState.RUNNING)
    assert (await begin(shop, campaign)).entry.slug == "summer-3", "what runs is no draft"
    assert (await shop.read(get_terms)).campaign == campaign


async def test_a_change_is_a_draft_until_it_holds(shop: Store, campaign: Campaign) -> None:
    """What holds stays meanwhile; a change that was taken back is none; dropped, it is as it holds."""
    main = await find_main(shop)
    seen = await set_points(shop, main, 7)
    assert (seen.draft, seen.holds, seen.entry.changed) == (promise(7, campaign), campaign, True)
    assert await shop.read(view_editor, visitor=SARI, campaign_id=main) == seen
    assert (await shop.read(get_terms)).campaign == campaign
    seen = await set_points(shop, main, campaign.inviter_points)
    assert (seen.draft, seen.holds, seen.entry.changed) == (campaign, campaign, False)
    await set_points(shop, main, 7)
    dropped = await shop.write(drop_changes, visitor=SARI, campaign_id=main)
    assert dropped is not None
    assert (dropped.draft, dropped.entry.changed) == (campaign, False)
    begun = await begin(shop, campaign)
    kept = await shop.write(drop_changes, visitor=SARI, campaign_id=begun.entry.id)
    assert kept == begun, "nothing of it holds, so there is nothing to go back to"


async def test_a_picture_is_kept_with_the_draft_that_shows_it(shop: Store) -> None:
    """Or by itself, where a dialogue was answered with it."""
    main = await find_main(shop)
    await shop.write(
        edit_campaign,
        visitor=SARI,
        campaign_id=main,
        edit=lambda draft: replace(draft, photo=PICTURE.sha256),
        picture=PICTURE,
    )
    assert await shop.read(pictures.get, PICTURE.sha256) == PICTURE
    other = replace(PICTURE, sha256="cd" * 32)
    await shop.write(keep_picture, visitor=SARI, picture=other)
    assert await shop.read(pictures.get, other.sha256) == other


async def test_a_draft_holds_from_when_somebody_says_so(shop: Store, campaign: Campaign) -> None:
    """With what changed and who wanted it written down; one with gaps stays a draft, and without a draft nothing happens."""
    main = await find_main(shop)
    first = (await shop.read(shops.get)).version_id
    await shop.write(publish_campaign, visitor=SARI, campaign_id=main)
    assert await list_written(shop) == []
    await set_points(shop, main, 7)
    seen = await shop.write(publish_campaign, visitor=SARI, campaign_id=main)
    assert seen is not None
    assert (seen.holds, seen.entry.changed) == (promise(7, campaign), False)
    assert (await shop.read(get_terms)).campaign == promise(7, campaign)
    second = (await shop.read(shops.get)).version_id
    written = ("campaign_written", "Sari", "welcome", f"v{first}", f"v{second}: inviter_points")
    assert await list_written(shop) == [written]
    gap = await shop.write(edit_campaign, visitor=SARI, campaign_id=main, edit=add_story)
    assert gap is not None
    assert Gap(field="headline", story=len(campaign.stories) + 1, language=campaign.languages[0]) in gap.gaps
    assert await shop.write(publish_campaign, visitor=SARI, campaign_id=main) == gap
    assert (await shop.read(get_terms)).campaign == promise(7, campaign)
    begun = (await begin(shop, campaign)).entry.id
    published = await shop.write(publish_campaign, visitor=SARI, campaign_id=begun)
    assert published is not None
    assert (published.holds, published.entry.state) == (
        replace(campaign, slug="summer", inviter_points=50),
        CampaignState.DRAFT,
    )
    version = (await shop.read(campaigns.get, begun)).version_id
    assert (await list_written(shop))[0] == ("campaign_written", "Sari", "summer", "", f"v{version}")


async def test_there_is_nothing_to_do_with_what_there_is_not(shop: Store) -> None:
    """A number that is nobody's, and a campaign of which nothing was ever written, come to nothing."""
    bare = (await shop.write(campaigns.add, "bare")).id
    for number in (NOBODY, bare):
        for asked in (
            shop.read(view_editor, visitor=SARI, campaign_id=number),
            shop.write(edit_campaign, visitor=SARI, campaign_id=number, edit=lambda each: each),
            shop.write(drop_changes, visitor=SARI, campaign_id=number),
            shop.write(publish_campaign, visitor=SARI, campaign_id=number),
            shop.write(move_campaign, visitor=SARI, campaign_id=number, change=Change.START),
            shop.write(schedule_campaign, visitor=SARI, campaign_id=number, field="starts_at", value=9),
            shop.write(schedule_campaign, visitor=SARI, campaign_id=number, field="ends_at", value=9),
            shop.read(view_parts, visitor=SARI, campaign_id=number, part=Part.TIER),
            shop.write(remove_part, visitor=SARI, campaign_id=number, part=Part.TIER, key="gold"),
        ):
            assert await asked is None
    assert [each[0] for each in await list_written(shop) if each[2] == ""] == []


async def test_a_campaign_starts_rests_and_ends_when_somebody_says_so(shop: Store, campaign: Campaign) -> None:
    """A start lets the draft hold first; each step is written down, and what is refused is not."""
    main, number = await find_main(shop), (await begin(shop, campaign)).entry.id

    async def move(change: Change, of: CampaignId = number) -> EditorView:
        view = await shop.write(move_campaign, visitor=SARI, campaign_id=of, change=change)
        assert view is not None
        return view

    refused = await move(Change.PAUSE)
    assert (refused.refusal, refused.entry.state) == (ChangeRefusal.UNWRITTEN, CampaignState.DRAFT)
    assert (refused.draft, refused.holds, refused.entry.changed) == (replace(campaign, slug="summer"), None, True)
    assert (refused.member.name, list(refused.gaps)) == ("Sari", [])
    started = await move(Change.START)
    assert (started.refusal, started.entry.state) == (None, CampaignState.RUNNING)
    assert (started.holds, started.entry.changed) == (replace(campaign, slug="summer"), False)
    await set_points(shop, number, 7)
    paused = await move(Change.PAUSE)
    assert (paused.entry.state, paused.entry.changed) == (CampaignState.PAUSED, True), "a draft goes on being one"
    assert (await move(Change.RESUME)).entry.state is CampaignState.RUNNING
    assert (await move(Change.END, main)).refusal is ChangeRefusal.MAIN
    assert (await move(Change.MAKE_MAIN)).entry.main
    assert (await shop.read(shops.get)).campaign_id == number
    assert (await move(Change.END, main)).entry.state is CampaignState.ENDED
    assert [each for each in await list_written(shop) if each[0] != "campaign_written"] == [
        ("campaign_state", "Sari", "welcome", "running", "ended"),
        ("campaign_main", "Sari", "summer", "", ""),
        ("campaign_state", "Sari", "summer", "paused", "running"),
        ("campaign_state", "Sari", "summer", "running", "paused"),
        ("campaign_state", "Sari", "summer", "draft", "running"),
        ("campaign_state", "Sari", "summer", "", "draft"),
    ]


async def test_a_campaign_begins_and_ends_at_what_somebody_says(shop: Store, campaign: Campaign) -> None:
    """A beginning lets the draft hold, an end keeps the budget and the other way round; the main one has none."""
    main, number = await find_main(shop), (await begin(shop, campaign)).entry.id

    async def schedule(field: str, value: int | None, of: CampaignId = number) -> EditorView:
        view = await shop.write(schedule_campaign, visitor=SARI, campaign_id=of, field=field, value=value)
        assert view is not None
        return view

    for field in ("starts_at", "ends_at", "budget"):
        refused = await schedule(field, 9, main)
        assert (refused.refusal, refused.entry.ends_at, refused.entry.starts_at) == (ChangeRefusal.MAIN, None, None)
    revision = (await shop.read(shops.get)).revision
    ends = await schedule("ends_at", 9)
    assert (ends.refusal, ends.entry.ends_at, ends.entry.state) == (None, 9, CampaignState.DRAFT)
    assert (await shop.read(shops.get)).revision > revision
    assert (await schedule("budget", 500)).entry.ends_at == 9
    assert (await shop.read(campaigns.get, number)).budget_points == 500
    assert (await schedule("ends_at", None)).entry.ends_at is None
    assert (await shop.read(campaigns.get, number)).budget_points == 500
    await schedule("budget", None)
    assert (await shop.read(campaigns.get, number)).budget_points is None
    starts = await schedule("starts_at", 2**52)
    assert (starts.entry.starts_at, starts.entry.state, starts.entry.changed) == (2**52, CampaignState.RUNNING, False)
    assert starts.holds == replace(campaign, slug="summer")
    assert (await list_written(shop))[0] == ("campaign_state", "Sari", "summer", "", "starts_at")
    lacking = (await begin(shop, replace(campaign, stories=()), "bare")).entry.id
    refused = await schedule("starts_at", 2**52, lacking)
    assert (refused.refusal, refused.entry.starts_at, refused.entry.state) == (
        ChangeRefusal.UNWRITTEN,
        None,
        CampaignState.DRAFT,
    )


GOLD = Tier(key="gold", friends=9, name={"en": "Gold", "id": "Emas", "zh-hans": "\u91d1"})
TIER = {"spoken": ["en"], "languages": ["en"], "name_1": "Gold", "friends": 9, "key": ""}


async def keep(store: Store, part: Part, **answers: object) -> PartsView:
    """Sari answers a dialogue about what the main campaign gives."""
    data = {"part": str(part), "campaign": await find_main(store), **answers}
    view = await store.write(keep_part, visitor=SARI, data=data)
    assert view is not None
    return view


def list_keys(view: PartsView) -> list[str]:
    """The keys of all there are."""
    return [piece.key for piece in view.pieces]


async def test_what_a_campaign_gives_is_kept_in_its_draft(shop: Store, campaign: Campaign) -> None:
    """Behind the others or in the place of the one it is about, under a key that nothing else has had."""
    kept = await keep(shop, Part.TIER, **TIER)
    assert (list_keys(kept), kept.full, kept.clash, kept.part) == (["gold"], False, 0, Part.TIER)
    assert kept.editor.entry.changed
    clash = await keep(shop, Part.TIER, **TIER)
    assert (list_keys(clash), clash.full, clash.clash) == (["gold"], False, 9)
    assert list_keys(await keep(shop, Part.TIER, **{**TIER, "friends": 12})) == ["gold", "gold-2"]
    changed = await keep(shop, Part.TIER, **{**TIER, "friends": 5, "key": "gold"})
    assert [(piece.key, getattr(piece, "friends", 0)) for piece in changed.pieces] == [("gold", 5), ("gold-2", 12)]
    main = await find_main(shop)
    left = await shop.write(remove_part, visitor=SARI, campaign_id=main, part=Part.TIER, key="gold")
    assert left is not None
    assert (list_keys(left), left.part) == (["gold-2"], Part.TIER)
    assert (await shop.read(get_terms)).campaign == campaign, "nothing of it holds yet"
    assert list_keys(await keep(shop, Part.TIER, **TIER)) == ["gold-2", "gold"]
    await shop.write(publish_campaign, visitor=SARI, campaign_id=main)
    await shop.write(remove_part, visitor=SARI, campaign_id=main, part=Part.TIER, key="gold")
    assert list_keys(await keep(shop, Part.TIER, **TIER)) == ["gold-2", "gold-3"], (
        "what was promised under it goes by it"
    )


async def test_there_is_room_for_so_many(shop: Store) -> None:
    """One more is told that there is none, and the draft stays; one that takes a place needs none."""
    main, most = await find_main(shop), Part.TIER.most
    tiers = [replace(GOLD, key=f"tier-{number}", friends=number) for number in range(1, most + 1)]

    def fill(draft: Campaign) -> Campaign:
        for tier in tiers:
            draft = set_part(draft, Part.TIER, tier)
        return draft

    await shop.write(edit_campaign, visitor=SARI, campaign_id=main, edit=fill)
    full = await keep(shop, Part.TIER, **{**TIER, "friends": 99})
    assert (full.full, len(full.pieces)) == (True, most)
    changed = await keep(shop, Part.TIER, **{**TIER, "friends": 99, "key": "tier-1"})
    assert (changed.full, len(changed.pieces)) == (False, most)


async def test_what_is_known_of_a_part_stands_beside_it(shop: Store) -> None:
    """How many of an item are gone with items, what members are called with rewards, the pools of coupons with all."""
    main = await find_main(shop)
    await shop.write(coupons.open_pool, "spring")
    tono = await shop.write(add_member, 3)
    for number in range(MOST_LABELS + 1):
        await shop.write(labels.add, tono.id, f"word-{number:02}")
    await shop.write(take_for, tono.id, 1)
    seen = {}
    for part in Part:
        view = await shop.read(view_parts, visitor=SARI, campaign_id=main, part=part)
        assert view is not None
        assert (view.part, view.editor.entry.id, list(view.pools), view.full, view.clash) == (
            part,
            main,
            ["spring"],
            False,
            0,
        )
        seen[part] = (dict(view.taken), list(view.labels))
    assert seen[Part.ITEM] == ({"bread": 1}, [])
    assert seen[Part.REWARD] == ({}, [f"word-{number:02}" for number in range(MOST_LABELS)])
    assert seen[Part.TIER] == seen[Part.CONTEST] == ({}, [])


async def test_terms_and_posting_are_kept_in_the_draft(shop: Store, campaign: Campaign) -> None:
    """As the dialogue's answers say them; nothing holds yet."""
    main = await find_main(shop)
    terms = {**list_terms_answers(campaign), "campaign": main, "grace": 3}
    seen = await shop.write(keep_terms, visitor=SARI, data=terms)
    assert seen is not None
    assert (seen.draft.rules.grace_days, seen.entry.changed) == (3, True)
    posting = {**list_posting_answers(campaign), "campaign": main, "per_week": 2}
    seen = await shop.write(keep_posting, visitor=SARI, data=posting)
    assert seen is not None
    assert (seen.draft.rules.grace_days, seen.draft.news.per_week) == (3, 2)
    assert (await shop.read(get_terms)).campaign == campaign
    assert await shop.write(keep_terms, visitor=SARI, data={**terms, "campaign": NOBODY}) is None


async def test_where_the_shop_is_can_be_said_and_taken_back(shop: Store) -> None:
    """A chat for joins, a chat for friends, a zone; each is written down with what it was before."""
    for field, value, number in (
        ("announce", "@other", None),
        ("announce", None, None),
        ("community", "-100123", -100123),
        ("community", None, None),
        ("zone", "Asia/Jakarta", None),
        ("zone", None, None),
    ):
        assert await shop.write(place_shop, visitor=SARI, field=field, value=value, number=number)
        row = await shop.read(shops.get)
        said = {"announce": row.announce_chat, "community": row.community_chat, "zone": row.zone}
        assert said[field] == value
        if field == "community":
            assert row.community_id == number
    assert list(reversed(await list_written(shop))) == [
        ("place", "Sari", "announce", "@news", "@other"),
        ("place", "Sari", "announce", "@other", ""),
        ("place", "Sari", "community", str(CHAT), "-100123"),
        ("place", "Sari", "community", "-100123", ""),
        ("place", "Sari", "zone", "", "Asia/Jakarta"),
        ("place", "Sari", "zone", "Asia/Jakarta", ""),
    ]
    assert not await shop.read(names_community)


async def test_friends_have_to_have_a_chat_where_they_count_only_there(shop: Store, strict: Campaign) -> None:
    """As long as such a campaign runs or rests; another chat can be named all the same."""
    (row,) = await shop.read(campaigns.list_all)
    for state, gone in ((CampaignState.RUNNING, False), (CampaignState.PAUSED, False), (CampaignState.ENDED, True)):
        await shop.write(place_shop, visitor=SARI, field="community", value="@there")
        await shop.write(campaigns.set_state, row.id, state)
        assert await shop.write(place_shop, visitor=SARI, field="community", value=None) is gone
        assert await shop.read(names_community) is not gone
    assert len([each for each in await list_written(shop) if each[3] == "@there" and not each[4]]) == 1


async def test_the_shop_is_looked_at_as_a_whole(shop: Store, campaign: Campaign, clock: Clock) -> None:
    """What it says of itself, where it is, and what its bot is called."""
    await shop.write(note_bot, username="oven_bot")
    revision = (await shop.read(shops.get)).revision
    await shop.write(note_bot, username="oven_bot")
    assert (await shop.read(shops.get)).revision == revision, "what is known is not written again"
    seen = await shop.read(view_shop, visitor=SARI)
    assert (seen.member.name, seen.main_id, seen.main, seen.now) == ("Sari", await find_main(shop), campaign, clock.now)
    assert seen.shop == await shop.read(get_shop)
    assert (seen.shop.announce_chat, seen.shop.community_chat, seen.shop.bot_username) == ("@news", CHAT, "oven_bot")
    await shop.write(note_bot, username="other_bot")
    assert (await shop.read(get_shop)).bot_username == "other_bot"


async def test_the_shops_words_go_into_drafts_too(shop: Store, campaign: Campaign) -> None:
    """With its logo; whoever wanted it is written down, once, and nothing is where nothing is new."""
    begun = (await begin(shop, campaign)).entry.id
    brand = dict.fromkeys(campaign.languages, "Moon")
    member, main = await shop.write(
        edit_profile,
        visitor=SARI,
        edit=lambda profile: replace(profile, brand=brand, logo=PICTURE.sha256),
        picture=PICTURE,
    )
    assert (member.name, main) == ("Sari", replace(campaign, brand=brand, logo=PICTURE.sha256))
    draft = (await shop.read(campaigns.get, begun)).draft
    assert draft is not None
    assert parse_content(draft) == replace(main, slug="summer")
    assert await shop.read(pictures.get, PICTURE.sha256) == PICTURE
    assert (await list_written(shop))[0] == ("profile", "Sari", "", "", "")
    await shop.write(edit_profile, visitor=SARI, edit=lambda profile: profile)
    assert [each[0] for each in await list_written(shop)].count("profile") == 1


async def test_what_was_written_can_be_listed_and_taken_out(shop: Store, campaign: Campaign) -> None:
    """The shop by its main campaign, with its pictures; what never held has nothing to take out, and no name."""
    await begin(shop, campaign)
    lines = {each.slug: (each.name, each.main) for each in await shop.read(list_lines)}
    assert lines == {"welcome": (campaign.brand[campaign.languages[0]], True), "summer": ("", False)}
    with pytest.raises(RowMissing, match="The campaign summer was never started, so there is nothing to write down"):
        await shop.read(export_campaign, "summer")
    shown = replace(campaign, logo=PICTURE.sha256)
    await shop.write(take_campaign, Source(campaign=shown, text="# mine", pictures=[PICTURE]))
    found = await shop.read(export_shop)
    assert (found.campaign, found.former, list(found.pictures)) == (shown, "", [PICTURE])


async def test_old_buttons_name_stories_of_the_oldest_campaign_by_their_place(shop: Store, campaign: Campaign) -> None:
    """Whatever is the main one by now; a place where it had none is no story."""
    await shop.write(take_campaign, Source(campaign=replace(campaign, stories=campaign.stories[:1])))
    keys = [story.key for story in campaign.stories]
    found = [await shop.read(find_first_story, place=place) for place in range(len(keys) + 1)]
    assert found == [*keys, ""]


async def test_acts_are_read_page_by_page(shop: Store, clock: Clock) -> None:
    """The latest first, each once, as many as a page has; who did them, or that it was a command; and how the books were."""
    for number in range(PAGE_ACTS + 1):
        await shop.write(place_shop, visitor=SARI, field="zone", value=f"Etc/GMT+{number}")
        clock.advance(1)
    first = await shop.read(view_audit, visitor=SARI)
    assert (len(first.lines), first.has_more, first.is_first, first.inspection) == (PAGE_ACTS, True, True, None)
    assert (first.member.name, first.lines[0].after, first.lines[-1].after) == ("Sari", "Etc/GMT+10", "Etc/GMT+1")
    (latest, *_) = first.lines
    assert (latest.actor, latest.by_command, latest.acted_at) == ("Sari", False, clock.now - 1_000_000)
    rest = await shop.read(view_audit, visitor=SARI, before_id=first.lines[-1].id)
    assert [each.after for each in rest.lines] == ["Etc/GMT+0", "v1"], "the shop was opened by a file"
    assert (rest.has_more, rest.is_first) == (False, False)
    exact = await shop.read(view_audit, visitor=SARI, before_id=first.lines[1].id)
    assert (len(exact.lines), exact.has_more) == (PAGE_ACTS, False)
    await shop.write(take_campaign, Source(campaign=promise(7, (await shop.read(get_terms)).campaign)))
    looked = Inspection(looked_at=clock.now, entries=3, head="ab", faults=0)
    await shop.write(inspections.set, looked)
    again = await shop.read(view_audit, visitor=SARI)
    assert (again.lines[0].act, again.lines[0].actor, again.lines[0].by_command) == (Act.CAMPAIGN_WRITTEN, "", True)
    assert again.inspection == looked
