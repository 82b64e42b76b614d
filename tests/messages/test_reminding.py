from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.reminding import Reminding
from bot.messages.buttons import REMIND
from bot.messages.privacy import render_privacy
from bot.messages.reminding import say_reminded
from bot.messages.standing import render_invites
from bot.messages.texts import LANGUAGES, Texts
from bot.services.reminding.notices import Nudge, Reminder
from bot.services.reminding.reminders import RemindView
from tests.messages.samples import MARCH, list_messages, make_member, make_shop, make_waiting, render_kind
from tests.messages.telegram_html import read_html
from tests.messages.test_keyboards import list_buttons

EN = Texts("en")


def test_waiting_friends_are_numbered_with_what_is_missing() -> None:
    """A button by each number that can be reminded now; the line says why another has none."""
    screen = render_invites(EN, make_shop(), make_waiting("Budi"))
    lines = read_html(screen.text).text.split("\n")
    assert "1. Budi · not in our community yet · 12 Mar 2026" in lines
    assert "2. Budi · not in our community yet · 12 Mar 2026 · reminded 12 Mar 2026" in lines
    assert "3. Budi · not in our community yet · 12 Mar 2026 · asked for no reminders" in lines
    assert "5. Budi · has not opened the bot yet · 12 Mar 2026" in lines
    labels = {button.text: button.callback_data for button in list_buttons(screen.keyboard)}
    assert [label for label in labels if label.startswith("Remind")] == [f"Remind {n}" for n in (1, 4, 5, 7, 8)]
    assert labels["Remind 1"] == REMIND.data(0, 1)
    assert labels["Share again"] == "share_again"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_result_has_a_sentence_of_its_own(language: str) -> None:
    """Nothing that becomes of a wish to remind is met with silence; a stranger's name is never told."""
    views = [RemindView(result=result, name="Budi", reminded_at=MARCH, next_at=MARCH) for result in Reminding]
    said = {view.result: say_reminded(Texts(language), make_shop(), view) for view in views}
    assert len(set(said.values())) == len(Reminding)
    assert [result for result, text in said.items() if "Budi" not in text] == [Reminding.NOBODY]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_nudge_brings_a_story_and_the_way_out(language: str) -> None:
    """The story's own words, three taps to a friend, one tap to be left in peace."""
    shop = make_shop()
    told = shop.story(language, "unsliced")
    (part,) = list_messages(render_kind(Texts(language), shop, Nudge, story="unsliced"))
    assert told.headline in read_html(part.text).text
    send, see, stop = list_buttons(part.keyboard)
    assert send.switch_inline_query_chosen_chat is not None
    assert send.switch_inline_query_chosen_chat.query == "unsliced"
    assert (see.callback_data, stop.callback_data) == ("share_story:unsliced", "no_nudges")


def test_a_reminder_leads_on_or_out() -> None:
    """Who thinks of the friend, what waits, where to go; without a community chat there is nowhere to go."""
    (part,) = list_messages(render_kind(EN, replace(make_shop(), community=True), Reminder))
    assert read_html(part.text).text.startswith("A kind word from Sari: your gift of 50 points at Little Oven")
    assert [button.callback_data for button in list_buttons(part.keyboard)] == ["community", "no_reminders:0"]
    (part,) = list_messages(render_kind(EN, make_shop(), Reminder))
    assert [button.callback_data for button in list_buttons(part.keyboard)] == ["no_reminders:0"]


@pytest.mark.parametrize(("nudges", "data"), [(True, "nudges:0"), (False, "nudges:1")])
def test_privacy_switches_nudges(nudges: bool, data: str) -> None:
    """The button offers what is not so now."""
    screen = render_privacy(EN, make_member(nudges=nudges))
    assert data in {button.callback_data for button in list_buttons(screen.keyboard)}
