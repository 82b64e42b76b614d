from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from bot.core.claiming import Outcome
from bot.core.links import Window
from bot.core.spoken.own_codes import Unsuitable
from bot.messages.buttons import CLAIM, CLAIM_WHO
from bot.messages.claiming import (
    render_claim,
    render_claim_prompt,
    render_disowned,
    render_nobody,
)
from bot.messages.joining.notices import render_home, render_welcome
from bot.messages.outgoing import OutgoingMessage
from bot.messages.privacy import render_privacy
from bot.messages.sharing.screens import render_qr
from bot.messages.shop import Shop
from bot.messages.spoken import render_choice, render_choice_stopped, render_spoken, render_spoken_prompt
from bot.messages.texts import LANGUAGES, Texts
from bot.services.claiming.disowning import Disowning, DisownView
from bot.services.claiming.naming import ClaimView
from bot.services.claiming.notices import FriendClaimed
from bot.services.joining.notices import FriendRevoked, GiftRevoked, RevokeReason
from bot.services.notices import Notice
from bot.services.spoken import ChoiceView, SpokenView
from storage.records import PersonId
from tests.messages.pressing import read_data
from tests.messages.samples import CODE, HOSTILE, PHOTO, list_messages, make_member, make_shop, render_kind
from tests.messages.telegram_html import read_html
from tests.thinning import thin_pairs

EN = Texts("en")
SAID = "maple-otter-42"


def make_claim(outcome: Outcome, name: str = "Budi", **changes: object) -> ClaimView:
    """What came of naming somebody of this name."""
    values: dict[str, object] = {
        "member": make_member(name),
        "outcome": outcome,
        "typed": name,
        "inviter": name,
        "points": 25,
        "offered": {PersonId(number): name for number in range(11, 16)},
        "more": True,
    }
    return ClaimView(**{**values, **changes})  # type: ignore[arg-type]  # a test's shorthand


def tell(
    texts: Texts, shop: Shop, kind: type[Notice], name: str = "Budi", *, balance: int = 50, **changes: object
) -> OutgoingMessage:
    """A notice of this kind about somebody of this name."""
    member = make_member(balance=balance)
    (message,) = list_messages(render_kind(texts, shop, kind, [(name, name)], member=member, **changes))
    return message


def make_disowned(disowning: Disowning, name: str = "Budi", *, points: int = 50, balance: int = -50) -> DisownView:
    """What came of saying no to somebody of this name."""
    return DisownView(member=make_member(name, balance=balance), disowning=disowning, friend=name, points=points)


def render_talk(texts: Texts, shop: Shop, name: str) -> dict[str, OutgoingMessage]:
    """Every screen of what travels by talk, with `name` wherever one shows."""
    member = make_member(name, spoken_code=SAID, can_claim=True)
    screens = {
        "home": render_home(texts, shop, member),
        "qr": render_qr(texts, shop, member, PHOTO),
        "welcome": render_welcome(texts, shop, name=name, code=CODE, asks=True, unknown_code=True),
        "nobody": render_nobody(texts, shop, member),
        "told": tell(texts, shop, FriendClaimed, name),
        "told, waits": tell(texts, shop, FriendClaimed, name, waits=True),
        "credited, waits": render_claim(texts, shop, make_claim(Outcome.CREDITED, name, waits=True)),
        "spoken": render_spoken(texts, shop, SpokenView(member=member, code=SAID, chosen=False)),
        "spoken, chosen": render_spoken(texts, shop, SpokenView(member=member, code=SAID, chosen=True)),
        "spoken prompt": render_spoken_prompt(texts, shop, SpokenView(member=member, code=SAID, chosen=False)),
        "spoken once": render_spoken_prompt(texts, shop, SpokenView(member=member, code=SAID, chosen=True)),
        "spoken kept": render_choice(texts, shop, ChoiceView(member=member, code="baker")),
        "spoken stopped": render_choice_stopped(texts, shop, member),
        "privacy": render_privacy(texts, member),
        "privacy, hidden": render_privacy(texts, replace(member, findable=False)),
    }
    for window in Window:
        screens[f"prompt {window.name}"] = render_claim_prompt(texts, shop, member, window)
    for outcome in Outcome:
        screens[f"claim {outcome.name}"] = render_claim(texts, shop, make_claim(outcome, name))
    for disowning in Disowning:
        screens[f"disowned {disowning.name}"] = render_disowned(texts, shop, make_disowned(disowning, name))
    for refused in Unsuitable:
        view = ChoiceView(member=member, code=SAID, refused=refused)
        screens[f"choice {refused.name}"] = render_choice(texts, shop, view)
    for reason in RevokeReason:
        screens[f"friend {reason}"] = tell(texts, shop, FriendRevoked, name, reason=reason, balance=-25)
        screens[f"gift {reason}"] = tell(texts, shop, GiftRevoked, name, reason=reason, balance=-25)
    return screens


def list_buttons(screen: OutgoingMessage) -> list[str]:
    """The words on the buttons."""
    return [button.text for row in (screen.keyboard.inline_keyboard if screen.keyboard else ()) for button in row]


@pytest.mark.parametrize(("language", "called"), thin_pairs(LANGUAGES, HOSTILE))
def test_hostile_names_break_nothing_said(language: str, called: str) -> None:
    """Valid HTML within the limits, one emoji at most but for the name's own, nothing turned, buttons with words."""
    for title, screen in render_talk(Texts(language), make_shop(), HOSTILE[called]).items():
        shown = read_html(screen.text)
        assert 1 <= len(shown.text.strip()) <= (1024 if screen.photo else 4096), title
        assert shown.utf16 <= 4096, title
        assert not set(shown.text) & set("\x00\u202a\u202b\u202d\u202e\u2066\u2067\ue000"), title
        assert shown.text.count("\u2068") == shown.text.count("\u2069"), title
        for label in list_buttons(screen):
            assert 1 <= len(label.strip()) <= 64, title
            assert not set(label) & set("\x00\u202d\u202e\u2066"), title


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_emoji_at_most(language: str) -> None:
    """Restraint."""
    for title, screen in render_talk(Texts(language), make_shop(), "Rina").items():
        assert sum(unicodedata.category(char) == "So" for char in screen.text) <= 1, title


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_refusal_has_its_own_sentence(language: str) -> None:
    """Who is refused knows why."""
    texts, shop = Texts(language), make_shop()
    refused = [render_claim(texts, shop, make_claim(outcome)).text for outcome in Outcome]
    assert len(set(refused)) == len(Outcome)
    chosen = [
        render_choice(texts, shop, ChoiceView(member=make_member(), code=SAID, refused=reason)).text
        for reason in Unsuitable
    ]
    assert len(set(chosen)) == len(Unsuitable)


def test_the_question_stands_last_and_sharing_first() -> None:
    """What is typed next is the answer; the first button still sends."""
    screen = render_welcome(EN, make_shop(), name="Rina", code=CODE, asks=True)
    assert screen.text.split("\n\n")[-1].startswith("Did somebody recommend us?")
    assert (list_buttons(screen)[0], list_buttons(screen)[-1]) == ("Send to a friend", "Nobody did")
    plain = render_welcome(EN, make_shop(), name="Rina", code=CODE)
    assert "recommend us" not in plain.text
    assert "Nobody did" not in list_buttons(plain)


def test_the_offer_carries_whom_it_shows() -> None:
    """Whoever is tapped is meant, whatever has been searched for since."""
    offered = {PersonId(21): "Anna K.", PersonId(20): "Anna L."}
    screen = render_claim(EN, make_shop(), make_claim(Outcome.SEVERAL, offered=offered, more=False))
    assert list_buttons(screen) == ["Anna K.", "Anna L.", "None of them"]
    assert screen.keyboard is not None
    data = [str(row[0].callback_data) for row in screen.keyboard.inline_keyboard]
    found = [read_data(item) for item in data]
    assert found == [(CLAIM_WHO, (21,)), (CLAIM_WHO, (20,)), (CLAIM, ())]
    assert "even more" not in screen.text


def test_the_one_who_was_named_can_say_no() -> None:
    """What it brought, and a button for each such friend alone."""
    screen = tell(EN, make_shop(), FriendClaimed)
    assert read_html(screen.text).text == (
        "Budi says that you recommended us 🎉\n+50 points, balance 50.\nIf it wasn\u2019t you, let me know."
    )
    assert list_buttons(screen)[-1] == "It wasn\u2019t me"
    waiting = tell(EN, make_shop(), FriendClaimed, waits=True)
    assert "as soon as Budi has joined our community" in read_html(waiting.text).text


def test_what_went_back_is_said_with_the_balance() -> None:
    """Below zero is explained; where nothing had been earned nothing is said of points."""
    below = read_html(render_disowned(EN, make_shop(), make_disowned(Disowning.REVOKED)).text).text
    even = render_disowned(EN, make_shop(), make_disowned(Disowning.REVOKED, balance=0)).text
    nothing = render_disowned(EN, make_shop(), make_disowned(Disowning.REVOKED, points=0)).text
    assert "50 points went back, your balance is \u221250 points." in below
    assert "above zero again" in below
    assert "above zero" not in even
    assert "points" not in nothing


def test_the_friend_never_reads_who_said_no() -> None:
    """A mistake is put right; nobody is blamed."""
    assert "Anna" not in tell(EN, make_shop(), GiftRevoked, "Anna", reason=RevokeReason.NOT_ME).text
    assert "invitation of Anna" in tell(EN, make_shop(), GiftRevoked, "Anna", reason=RevokeReason.LEFT).text


def test_the_menu_says_the_code_and_offers_the_question_while_it_is_open() -> None:
    """By phone; a friend told me."""
    member = make_member(spoken_code=SAID)
    assert f"By phone: <b>{SAID}</b>" in render_home(EN, make_shop(), member).text
    assert "A friend told me" not in list_buttons(render_home(EN, make_shop(), member))
    assert "A friend told me" in list_buttons(render_home(EN, make_shop(), replace(member, can_claim=True)))
    assert render_qr(EN, make_shop(), member, PHOTO).text.endswith(f"By phone: <b>{SAID}</b>")
