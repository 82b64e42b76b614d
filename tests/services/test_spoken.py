from __future__ import annotations

import asyncio
import re

import pytest

from bot.core.links import Attribution
from bot.core.spoken.own_codes import Unsuitable
from bot.services.conversations import find_conversation
from bot.services.joining.joining import start
from bot.services.members import MustWrite
from bot.services.spoken import (
    SPOKEN,
    ChoiceView,
    ask_own,
    choose_own,
    find_by_said,
    load_words,
    open_spoken,
    stop_choosing,
)
from storage import Store
from storage.records import Person, Profile
from storage.tables import people
from tests.services.asking import find_flow
from tests.thinning import BOTH_ENGINES

ANNA = Profile(telegram_id=101, first_name="Anna", telegram_language="en")
BUDI = Profile(telegram_id=102, first_name="Budi", telegram_language="id")
MEI = Profile(telegram_id=103, first_name="小美", telegram_language="zh-hans")


async def find(store: Store, text: str) -> int | None:
    """Whom a code belongs to, by Telegram id."""
    owner: Person | None = await store.read(find_by_said, text)
    return owner.profile.telegram_id if owner else None


async def choose(store: Store, visitor: Profile, text: str) -> ChoiceView:
    """Choose a code."""
    return await store.write(choose_own, visitor=visitor, text=text, shop_names=["Little Oven"])


@pytest.mark.parametrize("profile", [ANNA, BUDI, MEI])
async def test_a_code_is_given_when_first_needed(store: Store, profile: Profile) -> None:
    """In the member's language, and the same ever after; found however it is typed."""
    await store.write(people.add, profile, "Code000001")
    view = await store.write(open_spoken, visitor=profile)
    first, second, number = view.code.split("-")
    assert {first, second} <= set(load_words(view.member.language).words)
    assert re.fullmatch("[2-9][0-9]", number)
    assert (await store.write(open_spoken, visitor=profile)).code == view.code
    for typed in (view.code, f"{second} {first} {number}", f"{first}{second}{number}".upper()):
        assert await find(store, typed) == profile.telegram_id


async def test_reading_gives_no_code(store: Store) -> None:
    """A read-only unit asks to be run again as a write."""
    person = await store.write(people.add, ANNA, "Code000001")
    await store.write(people.set_started, person.id)
    with pytest.raises(MustWrite):
        await store.read(open_spoken, visitor=ANNA)


@BOTH_ENGINES
async def test_a_taken_code_is_drawn_again(store: Store) -> None:
    """Members at the same moment get codes of their own."""
    profiles = [Profile(telegram_id=1000 + n, first_name=f"P{n}", telegram_language="en") for n in range(40)]
    for n, profile in enumerate(profiles):
        await store.write(people.add, profile, f"Code{n:06}")
    views = await asyncio.gather(*(store.write(open_spoken, visitor=profile) for profile in profiles))
    assert len({view.code for view in views}) == len(profiles)


async def test_an_own_code_is_chosen_once_and_the_old_one_stays(store: Store) -> None:
    """Both find the member; a second choice is refused and nothing is expected any more."""
    given = (await store.write(open_spoken, visitor=ANNA)).code
    assert not (await store.write(ask_own, visitor=ANNA)).chosen
    chosen = await choose(store, ANNA, " Chef Änna ")
    assert (chosen.refused, chosen.code, chosen.member.spoken_code) == (None, "chefanna", "chefanna")
    assert {await find(store, text) for text in (given, "CHEF-ANNA", "chefanna")} == {ANNA.telegram_id}
    again = await choose(store, ANNA, "otherone")
    assert (again.refused, again.code) == (Unsuitable.CHOSEN_BEFORE, "chefanna")
    assert await find(store, "otherone") is None
    assert (await store.write(ask_own, visitor=ANNA)).chosen
    assert await find_flow(store, chosen.member.id) is None


@BOTH_ENGINES
async def test_first_come_first_served(store: Store) -> None:
    """Of many who want the same at once one gets it; the others keep what they have and may go on."""
    profiles = [ANNA, BUDI, MEI]
    before = [(await store.write(open_spoken, visitor=each)).code for each in profiles]
    views = await asyncio.gather(*(choose(store, each, "baker") for each in profiles))
    assert sorted(view.refused is None for view in views) == [False, False, True]
    for view, code in zip(views, before, strict=True):
        if view.refused is not None:
            assert (view.refused, view.code) == (Unsuitable.TAKEN, code)
            assert await find_flow(store, view.member.id) == SPOKEN


async def test_a_refusal_leaves_the_choice_open(store: Store) -> None:
    """The next text is expected as before, until the member stops."""
    view = await store.write(ask_own, visitor=ANNA)
    refused = await choose(store, ANNA, "sh1tty")
    assert (refused.refused, refused.code) == (Unsuitable.RUDE, view.code)
    assert await find_flow(store, view.member.id) == SPOKEN
    await store.write(stop_choosing, visitor=ANNA)
    assert await find_flow(store, view.member.id) is None
    assert (await choose(store, ANNA, "baker")).refused is None


async def test_somebodys_given_code_cannot_be_chosen(store: Store) -> None:
    """Run together it would be the same on the telephone."""
    given = (await store.write(open_spoken, visitor=ANNA)).code
    glued = given.replace("-", "")
    assert (await choose(store, BUDI, glued)).refused in {Unsuitable.ALIKE, Unsuitable.LENGTH}


async def test_the_member_is_shown_with_the_code_just_given(store: Store) -> None:
    """On the screen of the code, and on the home that /start shows from then on."""
    view = await store.write(open_spoken, visitor=ANNA)
    assert view.member.spoken_code == view.code
    again = await store.write(start, visitor=ANNA, payload="")
    assert again.attribution is Attribution.RETURNING
    assert again.member.spoken_code == view.code


async def test_choosing_is_a_step_of_a_dialogue(store: Store) -> None:
    """Where the next text is taken for the code."""
    await store.write(ask_own, visitor=ANNA)
    asked = await store.read(find_conversation, visitor=ANNA)
    assert asked is not None
    assert (asked.flow, asked.step) == (SPOKEN, "code")
