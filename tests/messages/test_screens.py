from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest

from bot.core.campaigns.campaign import BRAND_LIMIT, HEADLINE_LIMIT, OFFER_LIMIT, TEXT_LIMIT
from bot.core.campaigns.words import UNIT_LIMIT
from bot.messages import guide, standing
from bot.messages.broadcasts import screens as broadcast_screens
from bot.messages.broadcasts.buttons import (
    BROADCAST_BUTTONS,
    BROADCAST_DELETE,
    BROADCAST_EDIT,
    BROADCAST_LANGUAGES,
    BROADCAST_RESEND,
    BROADCAST_SHARE,
    BROADCAST_TEST,
    BROADCAST_WHEN,
)
from bot.messages.broadcasts.panel import render_panel
from bot.messages.buttons import (
    BROADCAST_ABANDON,
    BROADCAST_CANCEL,
    BROADCAST_CONFIRM,
    BROADCAST_PAUSE,
    BROADCAST_RESUME,
    BROADCAST_UNKNOWN,
    Button,
)
from bot.messages.joining import notices, refusals
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.segments.buttons import BROADCAST_WHOM
from bot.messages.sharing import screens as sharing_screens
from bot.messages.shop import Shop, Source
from bot.messages.texts import LANGUAGES, Texts
from storage.broadcast import Recipient
from storage.records import BroadcastId, BroadcastState, PersonId
from tests.messages.pressing import read_data
from tests.messages.samples import (
    CODE,
    COMMANDS,
    HOSTILE,
    PHOTO,
    make_broadcast_view,
    make_invites,
    make_member,
    make_rewards,
    make_shop,
    make_top,
    render_admins,
    render_everybodys,
)
from tests.messages.telegram_html import Shown, read_html
from tests.thinning import thin_pairs

EN = Texts("en")
FORBIDDEN = set("\x00\u202a\u202b\u202c\u202d\u202e\u2066\u2067\ue000")


def make_full_shop() -> Shop:
    """A campaign whose every text is as long as the file may have it."""
    shop = make_shop()

    def fill(length: int) -> dict[str, str]:
        return dict.fromkeys(LANGUAGES, "W" * length)

    story = replace(
        shop.campaign.stories[0], headline=fill(HEADLINE_LIMIT), text=fill(TEXT_LIMIT), offer=fill(OFFER_LIMIT)
    )
    unit = {language: {"other": "W" * UNIT_LIMIT} for language in LANGUAGES}
    campaign = replace(
        shop.campaign,
        brand=fill(BRAND_LIMIT),
        unit=unit,
        stories=(story,),
        inviter_points=1_000_000,
        invitee_points=1_000_000,
    )
    return replace(shop, campaign=campaign, bot_username="w" * 32)


def check(screen: OutgoingMessage) -> Shown:
    """Hold a screen against Telegram's rules and ours."""
    shown = read_html(screen.text)
    assert 1 <= len(shown.text.strip()) <= (1024 if screen.photo else 4096)
    assert shown.utf16 <= (1024 if screen.photo else 4096)
    assert shown.entities <= 100
    assert not FORBIDDEN & set(shown.text)
    assert shown.text.count("\u2068") == shown.text.count("\u2069")
    assert "{" not in screen.text or "{name}" in screen.text, "a placeholder was left over"
    return shown


def list_actions(screen: OutgoingMessage) -> list[Button]:
    """What the buttons with data ask for."""
    rows = screen.keyboard.inline_keyboard if screen.keyboard else ()
    data = [button.callback_data for row in rows for button in row if isinstance(button.callback_data, str)]
    return [found[0] for item in data if (found := read_data(item))]


@pytest.mark.parametrize(("language", "called"), thin_pairs(LANGUAGES, HOSTILE))
def test_hostile_names_break_no_screen(language: str, called: str) -> None:
    """Wherever a name shows: valid HTML, within the limits, nothing turned around."""
    texts, shop, name = Texts(language), make_shop(), HOSTILE[called]
    for screen in (render_everybodys(texts, shop, name) | render_admins(texts, shop, name)).values():
        check(screen)


@pytest.mark.parametrize(("language", "called"), thin_pairs(LANGUAGES, ["wide", "long", "entities"]))
def test_the_longest_campaign_fits(language: str, called: str) -> None:
    """Every text at its limit, with a name at its limit, still fits a caption of 1,024."""
    texts, shop, name = Texts(language), make_full_shop(), HOSTILE[called]
    for screen in (render_everybodys(texts, shop, name) | render_admins(texts, shop, name)).values():
        check(screen)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_has_one_emoji_at_most(language: str) -> None:
    """Medals are figures, everything else is restraint."""
    screens = render_everybodys(Texts(language), make_shop(), "Rina") | render_admins(
        Texts(language), make_shop(), "Rina"
    )
    for title, screen in screens.items():
        plain = screen.text if not title.startswith("top") else ""
        assert sum(unicodedata.category(char) == "So" for char in plain) <= 1, title


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_message_has_everything(language: str) -> None:
    """Brand, what both sides get, the member's own link, and the button that shares: nothing more is needed."""
    texts, shop = Texts(language), make_shop()
    for screen in (
        notices.render_welcome(texts, shop, name="Rina", code=CODE),
        notices.render_welcome(texts, shop, name="", code=CODE, unknown_code=True),
        notices.render_welcome_invited(texts, shop, name="Rina", code=CODE, inviter="Budi", points=25),
    ):
        text = check(screen).text
        assert shop.brand(language) in text
        assert shop.points(shop.campaign.inviter_points, language) in text
        assert shop.points(shop.campaign.invitee_points, language) in text
        assert f"https://t.me/little_oven_bot?start={CODE}" in text
        assert screen.keyboard is not None
        assert screen.keyboard.inline_keyboard[0][0].switch_inline_query_chosen_chat is not None


def test_welcomes_differ_where_the_people_do() -> None:
    """A guest hears who invited and what it brought; a lost link is mentioned kindly; nobody is greeted as nobody."""
    shop = make_shop()
    plain = notices.render_welcome(EN, shop, name="Rina", code=CODE).text
    lost = notices.render_welcome(EN, shop, name="Rina", code=CODE, unknown_code=True).text
    invited = notices.render_welcome_invited(EN, shop, name="", code=CODE, inviter="Budi", points=1).text
    home = read_html(notices.render_home(EN, shop, make_member("")).text).text
    assert plain.startswith("Hi Rina, ")
    assert lost != plain
    assert "Budi invited you, so you start with a gift: <b>1 point</b>." in invited
    assert invited.startswith("Hi, ")
    assert home.startswith("Welcome back to Little Oven.")
    assert "So far 12 friends have come through you. Your balance: 1,625 points." in home


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forwarded_card_suffices(language: str) -> None:
    """The caption names shop and inviter and holds the link in plain sight: a forwarded message has lost its buttons."""
    texts, shop = Texts(language), make_shop()
    screen = sharing_screens.render_share(texts, shop, make_member("Rina"), PHOTO)
    text, story = check(screen).text, shop.story(language)
    assert screen.photo == PHOTO
    assert all(part in text for part in (story.headline, shop.brand(language), "Rina"))
    assert text.endswith(f"\nhttps://t.me/little_oven_bot?start={CODE}-fwd")


def test_a_qr_code_stands_over_its_link() -> None:
    """Who cannot scan can tap."""
    text = check(sharing_screens.render_qr(EN, make_shop(), make_member(), PHOTO)).text
    assert text.endswith(f"\nhttps://t.me/little_oven_bot?start={CODE}-fwd")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_inline_card_opens_the_bot(language: str) -> None:
    """Its one button carries the member's code, since the friend gets no other."""
    invitation = sharing_screens.render_inline_invitation(Texts(language), make_shop(), make_member("<Rina>"))
    assert len(read_html(invitation.caption).text) <= 1024
    assert invitation.title
    assert invitation.description
    (row,) = invitation.keyboard.inline_keyboard
    assert [button.url for button in row] == [f"https://t.me/little_oven_bot?start={CODE}-inline"]
    assert 1 <= len(sharing_screens.say_start_first(Texts(language))) <= 64


def test_friends_are_listed_with_status_date_and_reward() -> None:
    """One line a friend, the sum above, the page below."""
    text = check(standing.render_invites(EN, make_shop(), make_invites("Budi"))).text
    assert text.startswith("24 friends came through you.\nThey brought you 1,050 points.\n")
    assert "Budi · joined · 12 Mar 2026 · +50 points" in text
    assert "Budi · taken back · 12 Mar 2026 · 0 points" in text
    assert "Budi · not counted yet · 12 Mar 2026 · 0 points" in text
    assert text.endswith("Page 2 of 3")


def test_one_friend_is_one_friend() -> None:
    """The language's own plural, and no page number for one page."""
    text = check(standing.render_invites(EN, make_shop(), make_invites("Budi", page=0, pages=1, count=1))).text
    assert text.startswith("1 friend came through you.")
    assert "Page" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_empty_lists_point_to_sharing(language: str) -> None:
    """Nothing yet is no dead end: the first button sends the link."""
    texts, shop = Texts(language), make_shop()
    for screen in (
        standing.render_invites(texts, shop, make_invites("", page=0, pages=1, count=0)),
        standing.render_rewards(texts, shop, replace(make_rewards(""), balance=0, pages=1, lines=[])),
        standing.render_top(texts, shop, make_top("", my_rank=None, count=0)),
    ):
        check(screen)
        assert screen.keyboard is not None
        buttons = [button for row in screen.keyboard.inline_keyboard for button in row]
        assert any(button.switch_inline_query_chosen_chat for button in buttons)


def test_the_ledger_is_told_line_by_line() -> None:
    """Signs, reasons in words, and something sensible for a reason of a later version."""
    text = check(standing.render_rewards(EN, make_shop(), make_rewards("Budi"))).text
    assert text.startswith("Your balance: 1,625 points")
    assert "+50 points · Budi joined · 12 Mar 2026" in text
    assert "\u221250 points · Budi joined" in text
    assert "+25 points · welcome gift" in text
    assert "+1 point · correction" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_my_place_is_always_shown(language: str) -> None:
    """Medals for three, a friend for the nameless, and my place however far down."""
    text = check(standing.render_top(Texts(language), make_shop(), make_top("Budi"))).text
    assert [line[0] for line in text.split("\n\n")[1].split("\n")[:4]] == ["🥇", "🥈", "🥉", "4"]
    assert "1,204" in text or "1.204" in text


def test_the_ranking_says_what_others_see() -> None:
    """The button offers the other choice."""
    named, hidden = (
        standing.render_top(EN, make_shop(), make_top("Budi", anonymous=choice)) for choice in (False, True)
    )
    assert "Others see your name here." in named.text
    assert "Others see you here without your name." in hidden.text
    for screen, data in ((named, "appear:0"), (hidden, "appear:1")):
        assert screen.keyboard is not None
        assert screen.keyboard.inline_keyboard[1][0].callback_data == data


def test_equal_scores_share_a_medal() -> None:
    """The rank decides, not the line."""
    view = make_top("Budi", count=3)
    tied = replace(view, lines=[replace(line, rank=1) for line in view.lines])
    assert standing.render_top(EN, make_shop(), tied).text.count("🥇") == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_refusal_has_its_own_kind_sentence(language: str) -> None:
    """Four reasons, four sentences, and each goes on with the member's own link."""
    texts, shop, member = Texts(language), make_shop(), make_member()
    renderers = (
        refusals.render_own_code,
        refusals.render_unknown_code,
        refusals.render_already_member,
        refusals.render_throttled,
    )
    shown = [check(render(texts, shop, member)).text for render in renderers]
    assert len({text.split("\n")[0] for text in shown}) == len(renderers)
    assert all(shop.link(CODE, Source.PLAIN) in text for text in shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_to_taps_are_short(language: str) -> None:
    """Telegram allows 200 characters."""
    assert 1 <= len(refusals.say_stale(Texts(language))) <= 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_names_every_command(language: str) -> None:
    """What the menu offers, help explains; admins' commands do not exist here."""
    text = guide.render_help(Texts(language), make_shop(), make_member(), COMMANDS).text
    for command in ("share", "qr", "print", "invites", "rewards", "top", "language", "privacy"):
        assert f"/{command} " in text
    assert "/broadcast" not in text
    assert "/stats" not in text


def test_a_broadcast_is_seen_before_it_is_sent() -> None:
    """The preview says to how many and sends with one tap; with nobody there it goes to others or is cancelled."""
    preview = render_panel(EN, make_shop(), make_broadcast_view(BroadcastState.DRAFT, started=False))
    nobody = render_panel(EN, make_shop(), make_broadcast_view(BroadcastState.DRAFT, started=False, total=0))
    assert "2,000 members" in preview.text
    assert list_actions(preview) == [
        BROADCAST_CONFIRM,
        BROADCAST_LANGUAGES,
        BROADCAST_BUTTONS,
        BROADCAST_TEST,
        BROADCAST_SHARE,
        BROADCAST_WHOM,
        BROADCAST_WHEN,
        BROADCAST_CANCEL,
    ]
    assert list_actions(nobody) == [BROADCAST_WHOM, BROADCAST_CANCEL]
    assert list_actions(broadcast_screens.render_prompt(EN, make_shop()))[-1] == BROADCAST_ABANDON


@pytest.mark.parametrize(
    ("state", "actions"),
    [
        (BroadcastState.RUNNING, [BROADCAST_PAUSE, BROADCAST_CANCEL]),
        (BroadcastState.PAUSED, [BROADCAST_RESUME, BROADCAST_CANCEL]),
        (BroadcastState.CANCELLED, []),
        (BroadcastState.DONE, []),
    ],
)
def test_progress_offers_what_can_be_done(state: BroadcastState, actions: list[Button]) -> None:
    """Pause what runs, resume what is paused, change what was sent, list what is unknown; what is over stays over."""
    screen = broadcast_screens.render_progress(EN, make_broadcast_view(state), seconds_left=30)
    sent, unknown = [BROADCAST_EDIT, BROADCAST_DELETE], [BROADCAST_UNKNOWN, BROADCAST_RESEND]
    assert list_actions(screen) == [*actions, *sent, *unknown]
    for figure in ("Sent: 940 of 2,000", "Left: 1,042", "Blocked the bot: 15", "Failed: 1", "Unknown: 2"):
        assert figure in screen.text
    assert ("Time left" in screen.text) == (state is BroadcastState.RUNNING)


def test_progress_without_unknown_offers_no_list() -> None:
    """A finished broadcast with clear outcomes can be changed, and nothing else."""
    screen = broadcast_screens.render_progress(EN, make_broadcast_view(BroadcastState.DONE, unknown=0))
    assert list_actions(screen) == [BROADCAST_EDIT, BROADCAST_DELETE]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute"),
        (59.9, "less than a minute"),
        (60, "about 1 minute"),
        (150, "about 2 minutes"),
        (5399, "about 90 minutes"),
        (5400, "about 2 hours"),
        (36000, "about 10 hours"),
    ],
)
def test_the_time_left_is_rounded_to_what_people_say(seconds: float, words: str) -> None:
    """Minutes, then hours."""
    view = make_broadcast_view(BroadcastState.RUNNING)
    assert f"Time left: {words}\n" in broadcast_screens.render_progress(EN, view, seconds_left=seconds).text


def test_unknown_outcomes_are_listed() -> None:
    """Every id that there is room for, and a sign where there are more."""
    recipients = [Recipient(broadcast_id=BroadcastId(1), person_id=PersonId(n), telegram_id=n) for n in (11, 12)]
    all_of_them = check(broadcast_screens.render_unknown(EN, recipients)).text
    some = check(broadcast_screens.render_unknown(EN, recipients, total=300)).text
    assert all_of_them.endswith("these 2 members. Telegram ids:\n11\n12")
    assert some.endswith("\n12\n…")
    assert "300 members" in some


def test_k_is_told_with_its_formula() -> None:
    """The figures in it are those that are told more closely, one tap away."""
    screens = render_admins(EN, make_shop(), "Budi")
    text = check(screens["stats"]).text
    assert "K = invitations per member \u00d7 conversion = 0.65 \u00d7 0.39 = 0.25" in text
    assert "Invitations per member: 0.65" in check(screens["stats growth"]).text
    assert "1. Budi · 1,500" in check(screens["stats members"]).text


def test_a_photo_is_one_thing() -> None:
    """Either Telegram has it or it is uploaded."""
    with pytest.raises(ValueError, match="either"):
        Photo()
    with pytest.raises(ValueError, match="either"):
        Photo(file_id="x", image=b"x")
