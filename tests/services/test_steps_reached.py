"""The picture on reaching a step: one for each, of no use once a friend is taken back, none beside a new tier's card."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.sharing import CardVersions
from bot.services.campaigns.opening import Source, open_shop
from bot.services.joining.notices import RevokeReason
from bot.services.joining.revoking import revoke
from bot.services.sharing.cards import sign
from bot.services.sharing.handouts import DueCards, HandoutEnd, HandoutResult, claim_card, find_due_cards, settle_cards
from storage import Store, Tx
from storage.handout import HandoutKind, HandoutState
from storage.records import NoticeId, NoticeState
from storage.tables import outbox
from tests.services.test_honours import FRIEND
from tests.services.test_revoking import add_member
from tests.services.test_rewards import bring, compose_milestone, set_rules

VERSIONS = CardVersions(texts={"en": {"mina": "m"}}, captions={"en": "c"}, fallback="en")


def find(tx: Tx) -> DueCards:
    """What is due."""
    return find_due_cards(tx, versions=VERSIONS, limit=9, vault=False)


def send_notices(tx: Tx) -> None:
    """All that is owed was said."""
    ids = [row.id for row in outbox.list_owed(tx, after=NoticeId(0), limit=99)]
    outbox.settle(tx, ids, NoticeState.SENT)


@pytest.mark.parametrize("given_up", [False, True])
async def test_each_step_has_one_picture_behind_its_word(store: Store, campaign: Campaign, *, given_up: bool) -> None:
    """Claimed once, whatever becomes of it; rules of the same number share it."""
    rules = [compose_milestone(number=2), compose_milestone(key="also", number=2), compose_milestone(key="c", number=3)]
    await set_rules(store, campaign, *rules)
    anna = await store.write(add_member)
    for _ in range(2):
        await store.write(bring, anna)
    assert not (await store.read(find)).cards, "the word goes first"
    await store.write(send_notices)
    (card,) = (await store.read(find)).cards
    assert (card.handout.kind, card.handout.friends, card.member.id) == (HandoutKind.STEP, 2, anna.id)
    assert card.version == VERSIONS.of_step(VERSIONS.of_card(sign(card.member), "en"), 2)
    assert await store.write(claim_card, card) == card
    assert await store.write(claim_card, card) is None
    if given_up:
        await store.write(outbox.mark_cards_unknown)
    else:
        await store.write(settle_cards, [HandoutResult(card=card, end=HandoutEnd.SENT, file_id="f")])
    await store.write(bring, anna)
    await store.write(send_notices)
    (third,) = (await store.read(find)).cards
    assert third.handout.friends == 3
    states = await store.read(outbox.list_card_states, anna.id)
    assert states.get((HandoutKind.STEP, "2")) == (HandoutState.UNKNOWN if given_up else None)


async def test_a_step_that_was_undone_is_not_shown(store: Store, campaign: Campaign) -> None:
    """A friend who is taken back before the picture has left takes it along."""
    await set_rules(store, campaign, compose_milestone(number=1))
    anna = await store.write(add_member)
    friend = await store.write(bring, anna)
    await store.write(revoke, friend.id, reason=RevokeReason.LEFT)
    await store.write(send_notices)
    found = await store.read(find)
    assert (len(found.cards), len(found.useless)) == (0, 1)


async def test_a_new_tier_shows_its_own_card(store: Store, campaign: Campaign) -> None:
    """Two pictures of one friend would be one too many; without rules there is none."""
    tiered = replace(campaign, tiers=(FRIEND,), rewards=(compose_milestone(number=2),))
    await store.write(open_shop, Source(campaign=tiered))
    anna = await store.write(add_member)
    for _ in range(2):
        await store.write(bring, anna)
    assert list(await store.read(outbox.list_card_states, anna.id)) == [(HandoutKind.FIRST, "")]
    await set_rules(store, campaign)
    dora = await store.write(add_member, "Dora")
    await store.write(bring, dora)
    assert not await store.read(outbox.list_card_states, dora.id)
