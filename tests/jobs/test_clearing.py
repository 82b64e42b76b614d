"""Names of pictures that nobody will be handed again are forgotten within two days; those of today's cards stay."""

from __future__ import annotations

from dataclasses import replace

from bot.core.durations import DAY_SECONDS
from bot.core.sharing import CardVersions, Signature
from bot.jobs.clearing import clear_cards
from bot.services.members import view_member
from bot.services.sharing.cards import sign
from storage import Store, Tx
from storage.records import PersonId
from storage.tables import cards
from tests.messages.samples import CAMPAIGN
from tests.storage.cast import add_members
from tests.storage.clock import Clock
from tests.wire.stage import make_snapshots

STORIES = [story.key for story in CAMPAIGN.stories]


def list_useful(versions: CardVersions, now: Signature) -> set[str]:
    """Every story in every language, and the QR code in two."""
    shown = {versions.of_card(now, language, story) for language in ("en", "id", "zh") for story in STORIES}
    return shown | {versions.of_qr(now, language) for language in ("en", "zh")}


def list_useless(versions: CardVersions, now: Signature) -> set[str]:
    """Cards with a former name, face or line, and one of a shop that looked otherwise."""
    former = [replace(now, name="Ada"), replace(now, face="photo"), replace(now, own_words="Nice!")]
    return {versions.of_card(each, "en", STORIES[0]) for each in former} | {f"old {now.code}"}


def upload(tx: Tx, versions: CardVersions) -> tuple[set[str], set[str]]:
    """Three members have had all of these sent; returns what is of use, and what is not."""
    useful, useless = set(), set()
    for person in add_members(tx, 3):
        now = sign(view_member(tx, person))
        useful |= list_useful(versions, now)
        useless |= list_useless(versions, now)
        for version in list_useful(versions, now) | list_useless(versions, now):
            cards.set_file_id(tx, person.id, version, "file")
    return useful, useless


def list_kept(tx: Tx) -> set[str]:
    """Versions of which Telegram's name is known."""
    owners = cards.list_owners(tx, after=PersonId(0), limit=9)
    return {version for _, version in cards.list_versions(tx, owners, before=2**62)}


async def test_what_no_card_looks_like_any_more_is_forgotten(store: Store, clock: Clock) -> None:
    """A former name, face, line or look goes when a day is over; what may be handed out today stays, whoever it belongs to."""
    snapshots = make_snapshots(store)
    useful, useless = await store.write(upload, snapshots.current.pictures.versions)
    assert await clear_cards(store, snapshots) == 0, "a face that was looked at a moment ago may be put on in the next"
    clock.advance(DAY_SECONDS + 1)
    assert await clear_cards(store, snapshots, page=2) == len(useless)
    assert await store.read(list_kept) == useful
    assert await clear_cards(store, snapshots, page=2) == 0
