"""Testimonials: a story by consent alone, told as it was agreed to, and gone as soon as it is taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import Campaign
from bot.core.testimonials import TESTIMONIALS_SHOWN, compose_key
from bot.services.audit import list_acts
from bot.services.campaigns import ShopView, find_newer, get_shop
from bot.services.campaigns.opening import Source, open_shop
from bot.services.members import NotAllowed
from bot.services.privacy import forget
from bot.services.testimonials.testimonials import (
    OfferedView,
    find_line,
    offer,
    show,
    view_offered,
    view_own,
    withdraw,
)
from bot.services.testimonials.testimonials import decline as leave
from storage import Store
from storage.pulse import PulseCause
from storage.records import NoticeId, Profile
from storage.role import Role
from storage.tables import outbox, people, pulses, roles, testimonials
from tests.owed import list_said
from tests.services.test_joining import ANNA, BUDI, arrive
from tests.storage.cast import add_members

OWNER = Profile(telegram_id=901, first_name="Rosa", telegram_language="en")
WORDS = "The rye is honest"


@pytest.fixture
async def shop(store: Store, campaign: Campaign) -> Store:
    """A shop with an owner and a member."""
    await store.write(open_shop, Source(campaign=campaign), announce_chat=None)
    for visitor in (OWNER, ANNA, BUDI):
        await arrive(store, visitor)
    await store.write(roles.set, OWNER.telegram_id, Role.OWNER)
    return store


async def say(shop: Store, visitor: Profile = ANNA, words: str = WORDS) -> None:
    """A member agrees that all may read it."""
    await shop.write(offer, visitor=visitor, data={"words": words})


async def tell(shop: Store, visitor: Profile = ANNA, *, by: Profile = OWNER, late: int = 0) -> OfferedView:
    """Whoever runs the shop makes a story of what a member says, or of what they saw of it before."""
    person = await shop.read(people.find_by_telegram_id, visitor.telegram_id)
    assert person is not None
    said = await shop.read(testimonials.find, person.id)
    made_at = (said.made_at if said is not None else 0) - late
    headlines = {language: f"In {visitor.first_name}\u2019s words ({language})" for language in ("en", "id")}
    return await shop.write(show, visitor=by, person_id=person.id, made_at=made_at, headlines=headlines)


async def list_stories(shop: Store) -> list[tuple[str, str]]:
    """What members say, as an English reader has it."""
    view = await shop.read(get_shop)
    return [(each.headline, each.text) for each in view.campaign.texts_for("en").stories if "in-words" in each.key]


async def find_revision(shop: Store) -> int:
    """How often what screens show has changed."""
    return (await shop.read(get_shop)).revision


async def test_a_line_is_a_story_by_consent_and_none_once_it_is_taken_back(shop: Store) -> None:
    """Whoever holds a picture of the shop takes a new one each time; the member hears that it is told."""
    await say(shop)
    assert await list_stories(shop) == []
    before = await find_revision(shop)
    await tell(shop)
    assert await list_stories(shop) == [("In Anna\u2019s words (en)", f"“{WORDS}”")]
    newer: ShopView | None = await shop.read(find_newer, revision=before)
    assert newer is not None
    owed = await shop.read(outbox.list_owed, after=NoticeId(0), limit=100)
    assert [row.kind for row in owed if row.kind.startswith("testimonial")] == ["testimonial_came", "testimonial_shown"]
    told_at = await find_revision(shop)
    await shop.write(withdraw, visitor=ANNA)
    assert await list_stories(shop) == []
    assert await find_revision(shop) > told_at
    assert (await shop.read(view_own, visitor=ANNA)).said is None


@pytest.mark.parametrize(("answer", "line"), [(5, WORDS), (4, WORDS), (3, ""), (1, "")])
async def test_the_line_of_who_is_pleased_can_be_told(shop: Store, answer: int, line: str) -> None:
    """Of nobody who is not, and of nobody else."""
    anna = await shop.read(people.find_by_telegram_id, ANNA.telegram_id)
    assert anna is not None
    pulse = await shop.write(pulses.add, anna.id, PulseCause.JOINED, "qr")
    await shop.write(pulses.answer, pulse, answer)
    await shop.write(pulses.set_words, pulse, WORDS)
    assert (await shop.read(find_line, visitor=ANNA, pulse_id=pulse))[1] == line
    assert (await shop.read(find_line, visitor=BUDI, pulse_id=pulse))[1] == ""


async def test_who_is_forgotten_is_told_no_more(shop: Store) -> None:
    """Nothing of the words stays."""
    await say(shop)
    await tell(shop)
    await shop.write(forget, telegram_id=ANNA.telegram_id)
    assert await list_stories(shop) == []


async def test_other_words_are_told_only_once_they_were_looked_at(shop: Store) -> None:
    """A tap below what was said before tells nothing else, and saying something new takes the story away."""
    await say(shop)
    await tell(shop)
    await say(shop, words="Something else")
    assert await list_stories(shop) == []
    await tell(shop, late=1)
    assert await list_stories(shop) == []


async def test_only_who_runs_the_shop_tells_and_only_so_many_at_once(shop: Store) -> None:
    """The one too many waits."""
    await say(shop)
    with pytest.raises(NotAllowed):
        await tell(shop, by=BUDI)
    for member in await shop.write(add_members, TESTIMONIALS_SHOWN):
        await say(shop, member.profile)
        assert not (await tell(shop, member.profile)).full
    assert (await tell(shop)).full
    assert len(await list_stories(shop)) == TESTIMONIALS_SHOWN


async def test_what_is_left_untold_is_told_nowhere(shop: Store) -> None:
    """Its member sees so, and can take it back."""
    await say(shop)
    anna = await shop.read(people.find_by_telegram_id, ANNA.telegram_id)
    assert anna is not None
    said = await shop.read(testimonials.find, anna.id)
    assert said is not None
    await shop.write(leave, visitor=OWNER, person_id=anna.id, made_at=said.made_at)
    await tell(shop)
    own = (await shop.read(view_own, visitor=ANNA)).said
    assert own is not None
    assert (own.state, await list_stories(shop)) == ("declined", [])


async def test_braces_are_words_and_no_points_and_the_name_is_as_the_member_shows_it(shop: Store) -> None:
    """Nobody writes numbers into a story; who appears without a name has none."""
    await say(shop, replace(ANNA, first_name="A{inviter_points}"), "Worth {inviter_points}")
    await tell(shop)
    ((_, text),) = await list_stories(shop)
    assert text == "“Worth (inviter_points)”"
    anna = await shop.read(people.find_by_telegram_id, ANNA.telegram_id)
    assert anna is not None
    assert (await shop.write(view_own, visitor=ANNA)).author == "Anna"
    await shop.write(people.set_anonymous, anna.id, anonymous=True)
    assert (await shop.read(view_own, visitor=ANNA)).author == ""
    assert len(compose_key(2**63 - 1)) <= 40


async def test_each_side_sees_how_what_was_said_stands(shop: Store) -> None:
    """Its member and how they are called; whoever runs the shop how many wait, the longest first; what was decided is written down."""
    anna, budi = [
        person.id
        for person in [await shop.read(people.find_by_telegram_id, each.telegram_id) for each in (ANNA, BUDI)]
        if person is not None
    ]
    owner = await shop.read(people.find_by_telegram_id, OWNER.telegram_id)
    assert owner is not None
    nothing = await shop.read(view_own, visitor=ANNA)
    assert (nothing.member.id, nothing.said, nothing.author, nothing.waiting) == (anna, None, "Anna", None)
    assert (await shop.read(view_offered, visitor=OWNER)).said is None
    own = await shop.write(offer, visitor=ANNA, data={"words": WORDS})
    assert own.said is not None
    assert (own.said.words, own.said.state, own.waiting) == (WORDS, "offered", None)
    await say(shop, BUDI, "Warm")
    assert (await shop.read(view_own, visitor=OWNER)).waiting == 2
    waiting = await shop.read(view_offered, visitor=OWNER)
    assert (waiting.said, waiting.full, waiting.member.id) == (own.said, False, owner.id)
    told = await tell(shop)
    assert told.said is not None
    assert (told.said.person_id, told.full, told.member.id) == (budi, False, owner.id)
    assert told.said.made_at
    left = await shop.write(leave, visitor=OWNER, person_id=budi, made_at=told.said.made_at)
    assert (left.said, left.member.id) == (None, owner.id)
    said = [each for each in await shop.read(list_said) if each[0].startswith("testimonial")]
    assert said == [
        ("testimonial_came", owner.id, {"person": anna}),
        ("testimonial_came", owner.id, {"person": budi}),
        ("testimonial_shown", anna, {}),
    ]
    acts = [each for each in await shop.read(list_acts, most=9) if not each.by_command]
    assert [(each.act, each.actor, each.subject, each.after) for each in acts] == [
        ("testimonial", "Rosa", "Budi Santoso", "declined"),
        ("testimonial", "Rosa", "Anna", "shown"),
    ]
    with pytest.raises(NotAllowed):
        await shop.read(view_offered, visitor=ANNA)
