from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from bot.core.campaigns.campaign import Campaign, Rules
from bot.core.campaigns.content import compose_content, parse_content
from bot.core.links import Addresses
from bot.services.campaigns import find_newer, get_terms
from bot.services.campaigns.opening import Source, open_shop
from bot.services.claiming.disowning import Disowning, disown
from bot.services.claiming.naming import name_inviter
from bot.services.community.inviting import view_community
from bot.services.community.membership import come, leave
from bot.services.joining.joining import credit, qualify, start
from bot.services.reminding.reminders import remind
from storage import RuleBroken, Store, Tx
from storage.checks import list_faults
from storage.records import NoticeId, Profile, Referral, VersionId
from storage.schema.campaigns import campaign as campaign_table
from storage.schema.campaigns import campaign_version
from storage.schema.referrals import referral as referral_table
from storage.tables import ledgers, outbox, people, referrals, shops
from tests.services.conftest import CHAT
from tests.storage.cast import run
from tests.storage.clock import Clock

ANNA = Profile(telegram_id=101, first_name="Anna", telegram_language="en")
BUDI = Profile(telegram_id=102, first_name="Budi", telegram_language="en")
DAY_SECONDS = 24 * 3600
SHOP = Addresses("shop_bot")


async def change(store: Store, campaign: Campaign) -> None:
    """The bot starts with another campaign file."""
    await store.write(open_shop, Source(campaign=campaign), announce_chat="@news", community_chat=CHAT)


async def bring(store: Store, inviter: Profile = ANNA, friend: Profile = BUDI) -> Referral:
    """One comes by the other's link."""
    code = (await store.write(start, visitor=inviter, payload="")).member.code
    member = (await store.write(start, visitor=friend, payload=code)).member
    referral = await store.read(referrals.find_by_invitee, member.id)
    assert referral is not None
    return referral


async def list_balances(store: Store, referral: Referral) -> list[int]:
    """What inviter and friend have."""
    return [await store.read(ledgers.get_balance, each) for each in (referral.inviter_id, referral.invitee_id)]


async def test_the_same_content_is_the_same_version(store: Store, campaign: Campaign) -> None:
    """However often the bot starts; another content is another version, and so is going back to an earlier one."""
    first = await store.read(get_terms)
    await change(store, campaign)
    assert (await store.read(get_terms)).version_id == first.version_id
    seen = [first.version_id]
    for points in (99, campaign.inviter_points):
        await change(store, replace(campaign, inviter_points=points))
        terms = await store.read(get_terms)
        assert terms.campaign.inviter_points == points
        assert terms.version_id not in seen
        seen.append(terms.version_id)
    assert (await store.read(get_terms, first.version_id)).campaign == campaign


async def test_a_friend_is_paid_by_the_terms_they_came_under(store: Store, strict: Campaign) -> None:
    """Who was promised something and qualifies later gets that, and so does the inviter; newcomers get the new terms."""
    referral = await bring(store)
    await change(store, replace(strict, inviter_points=7, invitee_points=9))
    assert (await store.read(view_community, visitor=BUDI, chat_id=CHAT)).points == strict.invitee_points
    await store.write(qualify, referral.id)
    assert await list_balances(store, referral) == [strict.inviter_points, strict.invitee_points]
    told = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    assert [each.payload["points"] for each in told if each.kind == "qualified"] == [strict.invitee_points]
    other = await bring(store, Profile(telegram_id=103, first_name="Mei"), Profile(telegram_id=104, first_name="Tono"))
    await store.write(qualify, other.id)
    assert await list_balances(store, other) == [7, 9]
    assert await list_faults(store) == []


async def test_a_hold_lasts_as_long_as_it_did_when_the_friend_came(
    store: Store, strict: Campaign, clock: Clock
) -> None:
    """A shorter one from today on does not shorten it."""
    referral = await bring(store)
    await store.write(come, chat_id=CHAT, newcomer=BUDI, link="")
    await change(store, replace(strict, rules=replace(strict.rules, hold_days=1)))
    clock.advance((strict.rules.hold_days - 1) * DAY_SECONDS)
    assert await store.write(leave, chat_id=CHAT, telegram_id=BUDI.telegram_id) is not None
    assert await list_balances(store, referral) == [0, 0]


async def test_a_claim_is_refused_for_as_long_as_it_could_be_when_it_was_made(
    store: Store, campaign: Campaign, clock: Clock
) -> None:
    """Whatever the campaign says by then."""
    for visitor in (ANNA, BUDI):
        await store.write(start, visitor=visitor, payload="")
    await store.write(name_inviter, visitor=BUDI, text="Anna", addresses=SHOP)
    budi = await store.read(people.find_by_telegram_id, BUDI.telegram_id)
    assert budi is not None
    claimed = await store.read(referrals.find_by_invitee, budi.id)
    assert claimed is not None
    await change(store, replace(campaign, rules=replace(campaign.rules, claim_days=1)))
    clock.advance((campaign.rules.claim_days - 1) * DAY_SECONDS)
    view = await store.write(disown, visitor=ANNA, referral_id=claimed.id)
    assert view.disowning is Disowning.REVOKED


@pytest.mark.parametrize("statement", [update(campaign_version).values(content="{}"), delete(campaign_version)])
async def test_a_version_never_changes(store: Store, statement: object) -> None:
    """The database itself refuses."""
    with pytest.raises(RuleBroken, match="never changes"):
        await store.write(run, statement)  # type: ignore[arg-type]  # pytest's parameters


async def test_two_shops_never_mix(store: Store, campaign: Campaign) -> None:
    """Versions have the same numbers in every shop; what is kept of them in memory goes by their content."""
    other = replace(campaign, slug="other", inviter_points=1)
    await change(store, other)
    shop = await store.read(shops.get)
    assert (await store.read(get_terms, shop.version_id)).campaign == other


async def test_what_is_known_of_a_chat_outlives_a_restart(store: Store, campaign: Campaign) -> None:
    """A chat named anew is looked up anew."""
    await change(store, campaign)
    assert (await store.read(shops.get)).community_id == CHAT
    await store.write(open_shop, Source(campaign=campaign), community_chat="@other")
    shop = await store.read(shops.get)
    assert (shop.announce_chat, shop.community_chat, shop.community_id) == (None, "@other", None)


def test_a_campaign_comes_back_from_its_content_as_it_was(campaign: Campaign) -> None:
    """Down to the order of the stories; and what an older or newer program wrote is read as well."""
    again = parse_content(compose_content(campaign))
    assert again == campaign
    assert compose_content(again) == compose_content(campaign)
    assert parse_content(compose_content(campaign).replace('"rules":{', '"rules":{"later":1,')) == campaign
    assert parse_content(compose_content(campaign).replace('"pause_days":14,', "")) == campaign


@given(hold=st.integers(1, 365), community=st.none() | st.integers() | st.text(), points=st.integers(1, 1_000_000))
def test_every_rule_comes_back(hold: int, community: int | str | None, points: int) -> None:
    """Numbers stay numbers and names stay names."""
    rules = Rules(hold_days=hold, community=community, join_community=community is not None)
    campaign = Campaign(
        slug="s",
        theme="t",
        channel_language="en",
        brand={"zh": "店", "en": "B"},
        unit={"zh": {"other": "点"}, "en": {"one": "point", "other": "points"}},
        stories=(),
        inviter_points=points,
        invitee_points=points,
        rules=rules,
    )
    again = parse_content(compose_content(campaign))
    assert again == campaign
    assert again.languages == ("zh", "en")


async def test_who_came_before_there_were_versions_is_paid_by_the_oldest(store: Store, strict: Campaign) -> None:
    """Their own terms were never kept."""
    referral = await bring(store)
    version_id = await store.write(_add_placeholder)
    await store.write(run, update(referral_table).values(campaign_version_id=version_id))
    first = await store.read(get_terms, version_id)
    await change(store, replace(strict, inviter_points=7, invitee_points=9))
    assert (await store.read(get_terms, version_id)).campaign == first.campaign
    await store.write(qualify, referral.id)
    assert await list_balances(store, referral) == [strict.inviter_points, strict.invitee_points]


def _add_placeholder(tx: Tx) -> VersionId:
    run(tx, insert(campaign_table).inline().values(slug="old", created_at=1))
    run(
        tx,
        insert(campaign_version)
        .inline()
        .values(
            campaign_id=select(campaign_table.c.id).where(campaign_table.c.slug == "old").scalar_subquery(),
            number=0,
            content="",
            digest="",
            created_at=1,
        ),
    )
    return VersionId(tx.scalar(select(campaign_version.c.id).where(campaign_version.c.number == 0)))


async def test_a_greeting_promises_what_held_when_the_friend_was_credited(store: Store, strict: Campaign) -> None:
    """Whoever was credited before starting the bot reads the points of that day, not of this one."""
    anna = (await store.write(start, visitor=ANNA, payload="")).member
    budi = await store.write(people.add, BUDI, "Code000002")
    inviter = await store.read(people.get, anna.id)
    await store.write(lambda tx: credit(tx, inviter, budi, source="chat"))
    await change(store, replace(strict, invitee_points=strict.invitee_points + 7))
    await store.write(start, visitor=BUDI, payload="")
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    greeting = next(each for each in owed if each.kind == "welcome_waiting")
    assert greeting.payload["points"] == strict.invitee_points
    referral = await store.read(referrals.find_by_invitee, budi.id)
    assert referral is not None
    await store.write(remind, visitor=ANNA, referral_id=referral.id)
    owed = await store.read(outbox.list_owed, after=NoticeId(0), limit=100)
    assert next(each for each in owed if each.kind == "reminder").payload["points"] == strict.invitee_points


async def test_only_another_revision_is_newer(store: Store, campaign: Campaign) -> None:
    """Whoever shows the shop is given it anew when it has changed, and not before."""
    first = await store.read(find_newer, revision=-1)
    assert first is not None
    assert first.campaign == campaign
    assert await store.read(find_newer, revision=first.revision) is None
    await change(store, replace(campaign, invitee_points=campaign.invitee_points + 1))
    second = await store.read(find_newer, revision=first.revision)
    assert second is not None
    assert second.campaign.invitee_points == campaign.invitee_points + 1


async def test_a_content_is_read_once(store: Store) -> None:
    """Terms are asked for in every transaction: what a version says is kept in memory."""
    first, second = await store.read(get_terms), await store.read(get_terms)
    assert first.campaign is second.campaign
