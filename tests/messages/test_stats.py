from __future__ import annotations

import re
from dataclasses import replace

import pytest
from telegram import InlineKeyboardMarkup

from bot.core.campaigns.campaign import BRAND_LIMIT
from bot.core.funnel import FEW, Funnel, compute_growth
from bot.core.liability import WORTH_LIMIT, Liability
from bot.core.trials import Lift, compute_lift, decide
from bot.messages.sharing.ways import name_source, name_way
from bot.messages.shop import Source
from bot.messages.stats.screens import NAMES, render_page, render_stats
from bot.messages.stats.trend import compose_trend
from bot.messages.texts import LANGUAGES, Texts
from bot.services.stats import Page
from bot.services.trials import TrialView
from storage.records import ShareWay
from tests.architecture.test_shape import ROOT
from tests.messages.samples import HOSTILE, PHOTO, make_page, make_shop, make_stats
from tests.messages.telegram_html import read_html
from tests.thinning import thin_pairs

EN = Texts("en")
MOST = 1_000_000_000


def say(page: Page, cut: dict[str, Funnel], **others: object) -> str:
    """A page with these figures, as it shows."""
    view = replace(make_page("Budi", page), cut=cut, **others)  # type: ignore[arg-type]  # a test's shorthand
    return read_html(render_page(EN, make_shop(), view).text).text


def test_ways_and_sources_are_told_most_frequent_first() -> None:
    """The first five by name, the rest as one number; nothing is lost."""
    taken = {"qr": 2, "card": 9, "inline": 5, "page": 3, "print": 1, "guest": 1}
    cut = {way: Funnel(prepared=number) for way, number in taken.items()}
    cut |= {"whatsapp": Funnel(started=3, qualified=2), "": Funnel(started=1)}
    told = say(Page.SOURCES, cut, placements={})
    assert "Taken as: card 9 · in a chat 5 · share page 3 · QR code 2 · called by name 1 · other 1\n" in told
    assert "Came by: WhatsApp 3 · plain link 1\n" in told
    assert "Count: WhatsApp 2\n" in told
    assert "Links opened" not in told
    assert "forwarded" in told


def test_the_shops_own_paper_is_a_source() -> None:
    """Newcomers by it stand beside friends who came by members."""
    assert "Came by: window3 2 · forwarded card 1\n" in say(
        Page.SOURCES, {"fwd": Funnel(started=1)}, placements={"window3": 2}
    )


def test_a_place_that_a_member_made_up_is_shown_as_it_is() -> None:
    """Unknown sources are words of others: shown, never obeyed."""
    assert "<b>x</b> & 1" in say(Page.SOURCES, {"<b>x</b> &": Funnel(started=1)}, placements={})


def test_stories_are_told_by_what_came_of_them() -> None:
    """Who brought most first; one that nobody shared is not there; where nothing was shared a sentence says so."""
    told = say(
        Page.STORIES, {"": Funnel(sent=9, started=1), "gone": Funnel(prepared=2, started=4), "idle": Funnel(members=5)}
    )
    assert told.index("gone: 2 taken → 4 came") < told.index("not known: 9 taken → 1 came")
    assert "idle" not in told
    assert "No story has been shared yet." in say(Page.STORIES, {})


def test_what_is_promised_to_members_is_told() -> None:
    """In points, in money where the shop has said what one is worth, and in coupons and gifts; nothing where nothing is."""
    shop, view = make_shop(), make_stats("Budi")
    worth = replace(shop, campaign=replace(shop.campaign, worth_amount=5, worth_currency="EUR"))
    owed = replace(view, owed=Liability(points=12_345, coupons=1, gifts=2))
    assert render_stats(EN, shop, owed).text.endswith("Promised: 12,345 points · 1 coupon · 2 gifts")
    assert "12,345 points (worth 617.25 EUR) · 1 coupon" in render_stats(EN, worth, owed).text
    assert "Promised" not in render_stats(EN, worth, replace(view, owed=Liability())).text


def test_of_few_friends_no_k_is_told() -> None:
    """The number is stated from which on there is one; a share of few is not told either."""
    few = Funnel(members=40, reached=40, shared=FEW - 1, clicked=9, started=FEW - 1)
    view = make_stats("Budi")
    told = render_stats(
        EN, make_shop(), replace(view, figures=replace(view.figures, funnel=few, growth=compute_growth(few)))
    ).text
    assert f"K: too few to tell. {FEW - 1} friends have come; from {FEW} on there is a figure." in told
    page = make_page("Budi", Page.GROWTH)
    steps = render_page(EN, make_shop(), replace(page, figures=replace(page.figures, funnel=few))).text
    assert "Shared: 29 (73 %)" in steps.replace("72 %", "73 %")
    assert "Opened a link: 9\n" in steps


def test_k_is_told_with_both_figures_and_its_interval() -> None:
    """Invitations beside all that was taken; between what K lies."""
    told = render_page(EN, make_shop(), make_page("Budi", Page.GROWTH)).text
    assert "Invitations per member: 0.65 (with all that was taken: 1.13)" in told
    assert re.search(r"= 0\.65 . 0\.39 = <b>0\.25</b> \(0\.2[34].0\.2[67]\)\n", told)
    assert re.search(r"about 188 friends \(170.208\)", told)
    assert "Opened a link: 7,100 (1.7 for each who shared)" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_way_and_source_of_ours_has_a_name(language: str) -> None:
    """No word of the database reaches an admin."""
    texts = Texts(language)
    assert all(name_way(texts, way) for way in ShareWay)
    names = [name_source(texts, source) for source in Source]
    assert len(set(names)) == len(Source)
    assert not set(names) & ({"fwd", "chat", "web", ""})


@pytest.mark.parametrize(("language", "called"), thin_pairs(LANGUAGES, HOSTILE))
def test_everything_fits_whatever_is_counted(language: str, called: str) -> None:
    """The longest brand, ten long names and the longest sources, each a thousand million times: a caption and messages hold it."""
    every = Funnel(**dict.fromkeys(("members", "blocked", "reached", "shared", "sent", "prepared"), MOST))
    every = replace(every, clicks=MOST, clicked=MOST, started=MOST, qualified=MOST, purchased=MOST, redeemed=MOST)
    name = HOSTILE[called]
    view, owed, texts = make_stats(name), Liability(points=MOST, coupons=MOST, gifts=MOST), Texts(language)
    figures = replace(view.figures, funnel=every, lately=every, before=every, growth=compute_growth(every))
    shop = make_shop()
    worth = {"worth_amount": WORTH_LIMIT, "worth_currency": "KWD"}
    campaign = replace(shop.campaign, brand={language: "W" * BRAND_LIMIT}, **worth)  # type: ignore[arg-type]
    wide = replace(shop, campaign=campaign)
    caption = render_stats(texts, wide, replace(view, figures=figures, owed=owed), PHOTO)
    assert len(read_html(caption.text).text) <= 1024
    cut = {f"{name[:20]}{number}": every for number in range(30)}
    for page in Page:
        shown = render_page(texts, wide, replace(make_page(name, page), figures=figures, cut=cut, owed=owed))
        assert len(read_html(shown.text).text) <= 4096


@pytest.mark.parametrize(
    ("asked", "held", "told"),
    [
        ((9000, 1800), (1000, 150), "Asking works: of 1,000 members, 49 more bring a friend (26\u201373)."),
        ((9000, 900), (1000, 150), "Asking does harm: of 1,000 members, 51 fewer bring a friend (28\u201374)."),
        ((9000, 900), (1000, 95), "Not clear yet: of 1,000 members, it may be up to 15 fewer or up to 24 more"),
        ((9000, 900), (199, 95), "Not enough yet: it takes 200 members in each group"),
    ],
)
def test_what_asking_brings_is_told_no_surer_than_it_is(
    asked: tuple[int, int], held: tuple[int, int], told: str
) -> None:
    """With its interval where there is a difference; else that there is none yet, or too few."""
    lift = compute_lift(asked=asked[0], asked_brought=asked[1], held=held[0], held_brought=held[1])
    shown = say(Page.ASKING, {}, asking=lift)
    assert told in shown
    assert f"Never asked: {held[1]} of {held[0]:,} brought a friend" in shown


@pytest.mark.parametrize(
    ("shown", "brought", "days", "told", "taps"),
    [
        ((500, 500), (50, 90), 3, "brings more friends.", ["Winner first", "End the trial"]),
        ((500, 500), (50, 52), 3, "None is ahead far enough", ["End the trial"]),
        ((500, 199), (50, 20), 3, "Something shows one more often", ["End the trial"]),
        ((199, 199), (50, 20), 3, "Not enough yet: it takes 200 members", ["End the trial"]),
        ((500, 500), (50, 52), 28, "none is clearly better", ["End the trial"]),
    ],
)
def test_a_trial_is_told_no_surer_than_it_is(
    shown: tuple[int, int], brought: tuple[int, int], days: int, told: str, taps: list[str]
) -> None:
    """The verdict in plain words, and only a winner can be put first."""
    view = TrialView(standing=decide(("a", "b"), shown, brought, days=days), days=days)
    screen = render_page(EN, make_shop(), replace(make_page("Budi", Page.TRIAL), trial=view))
    assert told in read_html(screen.text).text
    assert isinstance(screen.keyboard, InlineKeyboardMarkup)
    assert [button.text for button in screen.keyboard.inline_keyboard[0]] == taps
    assert ("about 80 more bring a friend" in read_html(screen.text).text) is ("Winner first" in taps)


@pytest.mark.parametrize(
    ("trial", "taps"),
    [
        (TrialView(), []),
        (TrialView(stories=2), ["Try 2 stories"]),
        (TrialView(stories=4, wordings=True), ["Try 2 stories", "Try 3", "Try 4", "Try wordings"]),
        (TrialView(wordings=True), ["Try wordings"]),
    ],
)
def test_what_can_be_tried_can_be_tapped(trial: TrialView, taps: list[str]) -> None:
    """As many stories as there are, and wordings where a friend gets something."""
    screen = render_page(EN, make_shop(), replace(make_page("Budi", Page.TRIAL), trial=trial))
    assert isinstance(screen.keyboard, InlineKeyboardMarkup)
    shown = [button.text for row in screen.keyboard.inline_keyboard for button in row]
    assert [each for each in shown if each.startswith("Try")] == taps
    assert ("give you" in screen.text) is trial.wordings


@pytest.mark.parametrize(
    ("lift", "tap"),
    [(None, "Never ask 10 %"), (compute_lift(asked=9, asked_brought=1, held=1, held_brought=0), "Ask everybody again")],
)
def test_members_are_held_out_by_a_tap(lift: Lift | None, tap: str) -> None:
    """And asked again by another; the page says what that is good for."""
    screen = render_page(EN, make_shop(), replace(make_page("Budi", Page.ASKING), asking=lift))
    assert isinstance(screen.keyboard, InlineKeyboardMarkup)
    assert screen.keyboard.inline_keyboard[0][0].text == tap
    assert ("10 of 100 members" in screen.text) is (lift is None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_holds_this_period_against_the_last(language: str) -> None:
    """Twelve weeks, the last four of this period, four before of the one before; three dates below."""
    chart = compose_trend(Texts(language), make_shop(), make_stats("Budi"))
    assert [period for *_, period in chart.bars] == [2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0]
    assert [height for height, *_ in chart.bars] == [40 + 9 * week for week in range(12)]
    assert [value for _, value, _ in chart.figures] == ["620", "540", "480", "210"]
    assert len(set(chart.dates)) == 3


def test_every_figure_has_one_meaning() -> None:
    """docs/metrics.md says of each what the chat says, word for word."""
    document = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    missing = [
        name
        for name, (label, meaning) in NAMES.items()
        if f"| `{name}` | {EN.plain(label)} | {EN.plain(meaning)} |" not in document
    ]
    assert missing == []
