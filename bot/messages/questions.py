"""A question of a dialogue as data: what is asked, what can be tapped, what is read, and why something typed is no answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import partial
from typing import Any

from bot.core.campaigns.part_answers import MOST_SPOKEN
from bot.core.campaigns.part_reading import count_excess, read_words
from bot.core.numbers import parse_whole_number
from bot.messages.campaigns_panel import name_language
from bot.messages.shop import Shop
from bot.messages.texts import Html, Texts
from storage.frozen import frozen

Data = Mapping[str, Any]
Choices = Mapping[str, str]


@frozen
class Question:
    """One question; what is typed is read, what is tapped is a key of what is offered."""

    text: str | Callable[[Data], str]
    """Key of the text."""
    read: Callable[[str], Any] | None = None
    """None where only a tap is an answer."""
    wrong: Callable[[Texts, str], Html] | None = None
    """Why what was typed is no answer."""
    check: Callable[[Texts, Data, Any], Html | None] | None = None
    """Why what was read does not fit to the answers there are."""
    numbers: tuple[int, ...] = ()
    """To tap."""
    taps: Mapping[str, str] = field(default_factory=dict)
    """Likewise, keys of texts by what they stand for."""
    offer: Callable[[Texts, Shop, Data], Choices] | None = None
    """Likewise, where it depends on what there is."""
    count: int = 0
    """How many characters there can be."""
    optional: bool = False

    def ask(self, texts: Texts, data: Data, step: str) -> Html:
        """The question."""
        place = int(step.rpartition("_")[2]) - 1 if step[-1].isdecimal() else 0
        spoken = data.get("spoken") or [""]
        language = name_language(spoken[min(place, len(spoken) - 1)])
        key = self.text if isinstance(self.text, str) else self.text(data)
        return texts.say(key, language=language, count=self.count)

    def list_choices(self, texts: Texts, shop: Shop, data: Data) -> Choices:
        """What can be tapped."""
        return {
            **{str(number): texts.number(number) for number in self.numbers},
            **(self.offer(texts, shop, data) if self.offer is not None else {}),
            **{key: texts.plain(text) for key, text in self.taps.items()},
        }

    def refuse(self, texts: Texts, data: Data, said: str) -> Html | None:
        """Why what was typed is no answer; None for one that is."""
        value = self.read(said) if self.read is not None else None
        if value is None:
            return self.wrong(texts, said) if self.wrong is not None else None
        return self.check(texts, data, value) if self.check is not None else None


def say_number(texts: Texts, _said: str, highest: int) -> Html:
    """Why something is no number here."""
    return texts.say("part.wrong.number", highest=highest)


def _say_words(texts: Texts, said: str, limit: int) -> Html:
    over = count_excess(said, limit)
    return texts.say("editor.wrong.too_long", count=over) if over else texts.say("editor.wrong.empty")


def ask_number(text: str | Callable[[Data], str], highest: int, *numbers: int, **taps: str) -> Question:
    """A whole number; some of them to tap, and what else can be tapped."""
    read = partial(parse_whole_number, highest=highest)
    return Question(text=text, read=read, wrong=partial(say_number, highest=highest), numbers=numbers, taps=taps)


def ask_words(text: str, limit: int, *, optional: bool = False, **taps: str) -> Question:
    """A text of so many characters."""
    wrong = partial(_say_words, limit=limit)
    return Question(
        text=text, read=partial(read_words, limit=limit), wrong=wrong, count=limit, optional=optional, taps=taps
    )


def ask_names(name: str, text: str, limit: int, **taps: str) -> dict[str, Question]:
    """One a language; all but the first can be left out."""
    return {
        f"{name}_{place}": ask_words(text, limit, optional=place > 1, **(taps if place == 1 else {}))
        for place in range(1, MOST_SPOKEN + 1)
    }


def ask_tap(text: str, taps: Mapping[str, str]) -> Question:
    """Only a tap is an answer."""
    return Question(text=text, taps=taps)


def ask_typed(text: str, read: Callable[[str], Any], wrong: str, **more: Any) -> Question:
    """Something typed that has a form of its own."""
    return Question(text=text, read=read, wrong=lambda texts, _: texts.say(wrong), **more)
