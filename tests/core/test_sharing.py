"""What is passed on: pictures by their versions, and the phrase around a name."""

from __future__ import annotations

from dataclasses import replace

from bot.core.looks import CardLook
from bot.core.sharing import CardFormat, CardText, CardVersions, Signature, digest

ANNA = Signature(name="Anna", own_words="Fresh!", code="AbCdEfGh12", face="face", tier="gold")
VERSIONS = CardVersions(
    texts={"en": {"a": "A", "b": "B"}, "id": {"a": "C"}},
    captions={"en": "Q", "id": "R"},
    fallback="en",
    marks={"gold": "G"},
)


def test_a_card_shows_the_tier_that_its_member_has() -> None:
    """As it looks now; one that nothing is known of is not shown. Cards keep their versions over programs."""
    assert VERSIONS.of_card(ANNA, "en") == digest("card", "A", "Anna", "Fresh!", "AbCdEfGh12", "face", "G")
    assert VERSIONS.of_card(ANNA, "id") == digest("card", "C", "Anna", "Fresh!", "AbCdEfGh12", "face", "G")
    for tier in ("", "silver"):
        unmarked = digest("card", "A", "Anna", "Fresh!", "AbCdEfGh12", "face")
        assert VERSIONS.of_card(replace(ANNA, tier=tier), "en") == unmarked
    assert digest("qr", "Q") == "f02547fad501d830"


def test_a_format_and_a_step_are_other_pictures() -> None:
    """The usual format is the card itself; each number of friends is a picture of its own."""
    version = VERSIONS.of_card(ANNA, "en")
    assert VERSIONS.of_format(version, CardFormat.CARD) == version
    for wanted in (CardFormat.TALL, CardFormat.SQUARE, CardFormat.WIDE):
        assert VERSIONS.of_format(version, wanted) == digest(wanted.value, version)
    assert VERSIONS.of_step(version, 3) == digest("step", version, 3)


def test_every_picture_that_may_be_shown_is_current() -> None:
    """In any language, with any story, and the QR code alone; what looked otherwise is not."""
    cards = {digest("card", told, "Anna", "Fresh!", "AbCdEfGh12", "face", "G") for told in ("A", "B", "C")}
    codes = {digest("qr", caption, "AbCdEfGh12") for caption in ("Q", "R")}
    assert VERSIONS.list_current(ANNA) == cards | codes
    assert not VERSIONS.list_current(replace(ANNA, code="AbCdEfGh13")) & (cards | codes)


def test_an_invitation_stands_around_the_name() -> None:
    """Before it, behind it, or both; blanks belong to neither."""
    text = CardText(
        brand="",
        headline="",
        story="",
        offer="",
        invited_by="{name} invites you",
        invited_without_name="",
        scan_hint="",
        language="en",
        look=CardLook(theme="", layout="", main="", accent="", logo="", photo="", focus=""),
    )
    assert text.split_invitation() == ("", "invites you")
    assert replace(text, invited_by="Invited by {name}").split_invitation() == ("Invited by", "")
    assert replace(text, invited_by="From {name} to {name}").split_invitation() == ("From", "to {name}")
