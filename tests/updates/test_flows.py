"""A dialogue's steps, in their order: what is asked next, what was asked before, and what an answer is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Chat, Contact, Document, Message, PhotoSize, Sticker, Voice

from bot.updates.flows import Answer, Flow, Step, read_kind, read_text

STEPS = [Step(name="name"), Step(name="place"), Step(name="time")]
IN_ORDER = Flow(name="order", steps=STEPS)


def choose(answers: Mapping[str, Any]) -> list[str]:
    """Whoever is called Ada is not asked where."""
    return ["name", "time"] if answers.get("name") == "Ada" else ["time", "place", "name"]


CHOSEN = Flow(name="chosen", steps=STEPS, order=choose)


def walk(flow: Flow, answers: Mapping[str, Any], first: str) -> list[str]:
    """From a step to the end, and back again."""
    names = [first]
    while (step := flow.find_after(names[-1], answers)) is not None:
        names.append(step.name)
    for name in reversed(names[1:]):
        before = flow.find_before(name, answers)
        assert before is not None
        assert before.name == names[names.index(name) - 1]
    assert flow.find_before(first, answers) is None
    return names


@pytest.mark.parametrize(
    ("flow", "answers", "names"),
    [
        (IN_ORDER, {}, ["name", "place", "time"]),
        (CHOSEN, {"name": "Ada"}, ["name", "time"]),
        (CHOSEN, {"name": "Ben"}, ["time", "place", "name"]),
    ],
)
def test_there_and_back(flow: Flow, answers: Mapping[str, Any], names: list[str]) -> None:
    """As declared, or as the answers have it."""
    assert walk(flow, answers, names[0]) == names


def test_a_step_of_an_earlier_version_leads_nowhere() -> None:
    """Nor does one that these answers do not lead through."""
    for flow, name, answers in ((IN_ORDER, "colour", {}), (CHOSEN, "place", {"name": "Ada"})):
        assert flow.find_after(name, answers) is None
        assert flow.find_before(name, answers) is None
    assert IN_ORDER.find("colour") is None
    assert IN_ORDER.find("place") is STEPS[1]


def test_answers_are_kept_under_their_steps_or_as_the_flow_has_it() -> None:
    """What was said before stays, and what is passed in is not changed."""
    said = {"name": "Ada"}
    assert IN_ORDER.add(said, "time", 7) == {"name": "Ada", "time": 7}
    assert IN_ORDER.add(said, "name", "Ben") == {"name": "Ben"}
    counting = Flow(name="counting", steps=STEPS, take=lambda data, name, value: {**data, "last": (name, value)})
    assert counting.add(said, "time", 7) == {"name": "Ada", "last": ("time", 7)}
    assert said == {"name": "Ada"}


def make(**content: Any) -> Message:
    """A message with this in it."""
    return Message(message_id=1, date=datetime.now(UTC), chat=Chat(id=1, type="private"), **content)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"text": "hello"}, Answer.TEXT),
        ({"photo": [PhotoSize("a", "b", 1, 1)], "caption": "look"}, Answer.PHOTO),
        ({"document": Document("a", "b")}, Answer.DOCUMENT),
        ({"voice": Voice("a", "b", 1)}, Answer.VOICE),
        ({"contact": Contact("+1", "Ada")}, Answer.CONTACT),
        ({"sticker": Sticker("a", "b", 1, 1, False, False, "regular")}, Answer.OTHER),
        ({}, Answer.OTHER),
    ],
)
def test_whatever_is_sent_has_a_shape(content: dict[str, Any], kind: Answer) -> None:
    """A caption makes no text of a picture."""
    assert read_kind(make(**content)) is kind


@pytest.mark.parametrize(("text", "read"), [("  hi there \n", "hi there"), (" \n", None), (None, None)])
def test_words_are_read_without_what_is_around_them(text: str | None, read: str | None) -> None:
    """Blanks alone say nothing."""
    assert read_text(make(text=text)) == read
