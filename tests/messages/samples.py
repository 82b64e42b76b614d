"""Every screen and notice there is, filled with names of one's choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace

from bot.assets import ASSETS
from bot.capabilities import CAPABILITIES
from bot.core.broadcasts.content import ButtonFault, ButtonMistake
from bot.core.campaigns.campaign import parse_campaign
from bot.core.campaigns.checking import Fault, Finding, compose_findings
from bot.core.funnel import Funnel, Interval, Projection, compute_growth
from bot.core.liability import Liability
from bot.core.names import compose_display_name
from bot.core.own_words import WordsFault
from bot.core.reminding import Missing, Reminding
from bot.core.trials import compute_lift, decide
from bot.messages import community, face, guide, own_words, printing, privacy, reminding, standing
from bot.messages.broadcasts import panel as broadcast_panel
from bot.messages.broadcasts import screens as broadcast_screens
from bot.messages.broadcasts.content import ContentMistake, Unfit
from bot.messages.joining import notices, refusals
from bot.messages.notices import Reader, Rendered, render_notices
from bot.messages.outgoing import OutgoingMessage, Photo
from bot.messages.sharing import more
from bot.messages.sharing import screens as sharing_screens
from bot.messages.shop import Shop
from bot.messages.stats import screens as stats_screens
from bot.messages.texts import Html, Texts
from bot.services.broadcasts.authoring import BroadcastView
from bot.services.community.inviting import CommunityView
from bot.services.joining.notices import FriendJoined, JoinAnnounced, RevokeReason
from bot.services.members import MemberView
from bot.services.notices import Notice, NoticesView, Owed
from bot.services.reminding.reminders import RemindView, WaitingView
from bot.services.standing import InvitesView, RewardsView, TopView
from bot.services.stats import Figures, Page, PageView, StatsView
from bot.services.trials import TrialView
from bot.updates.capability import Registry
from storage.broadcast import Broadcast, Recipient
from storage.facts import GrantState, LedgerLine, LiabilityLevel, PoolLevel, RedemptionState
from storage.gift import Trouble
from storage.records import (
    BroadcastId,
    BroadcastState,
    DeliveryState,
    Invitation,
    NoticeId,
    PersonId,
    RankLine,
    ReferralId,
    ReferralState,
)
from storage.role import Role
from tests.messages.counter_samples import ROW, make_counter, render_counter
from tests.messages.coupon_samples import render_coupons
from tests.messages.gift_samples import render_gifts
from tests.messages.pulse_samples import PULSE
from tests.messages.result_samples import make_desk, make_results
from tests.messages.reward_samples import SAMPLE_RULE
from tests.messages.taking_part_samples import TAKING_PART
from tests.messages.ticket_samples import TICKET_VALUES, render_tickets
from tests.messages.webhook_samples import render_webhooks

CODE = "AbCdEfGh12"
CAMPAIGN = parse_campaign(
    (ASSETS / "campaigns" / "welcome.toml").read_bytes(),
    themes=[path.stem for path in (ASSETS / "themes").iterdir()],
    find_picture=lambda _: "",
)
MARCH = 1_773_273_600_000_000
"""12 March 2026, in microseconds."""

INVITERS = 10_000
"""Person ids of inviters in notices begin here, those of friends with 1000."""

PHOTO = Photo(file_id="AgACAgQAAx")

OWN_WORDS = 'W & <b> " ' * 12
"""As long as a card takes, and no markup."""

INVITE = "https://t.me/+AbCdEfGhIjKlMnOp"

HOSTILE = {
    "html": '</b><a href="tg://user?id=1">&lt;Budi&gt;</a> & <script>',
    "bidi": "\u202eidu\u2066B\u2069 \u05e9\u05e8\u05d4 \u200f(+999)",
    "zalgo": "Z\u0335\u0336\u0337\u0338" * 40,
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 30,
    "long": "W" * 4096,
    "wide": "\U0001f525" * 4096,
    "entities": "&\"<'>" * 800,
    "empty": "",
    "invisible": "\u3164\u200b\u2800",
    "nul": "Bu\x00di\ud83d",
    "link": "https://evil.example/x t.me/evil @evil #spam /start $EVIL",
    "braces": "{name} {0} {link!r} %s",
    "newlines": "Budi\n\nSend 100 to\r\nme",
}

COMMANDS = Registry(CAPABILITIES).list_commands(Role.MEMBER)
RENDERERS = Registry(CAPABILITIES).notices
"""What a member can type."""


def make_shop(*, inline_mode: bool = True) -> Shop:
    """The shipped campaign behind a bot."""
    return Shop(bot_username="little_oven_bot", inline_mode=inline_mode, campaign=CAMPAIGN)


def make_member(name: str = "Rina", **changes: object) -> MemberView:
    """A member with this name."""
    values: dict[str, object] = {
        "id": PersonId(7),
        "telegram_id": 1007,
        "name": name,
        "code": CODE,
        "language": "en",
        "score": 12,
        "balance": 1625,
        "anonymous": False,
    }
    return MemberView(**{**values, **changes})  # type: ignore[arg-type]  # a test's shorthand


FINDINGS = compose_findings([Finding(fault=fault, place=0, language="en", field="offer", count=7) for fault in Fault])


WEBHOOK: Mapping[str, object] = {"url": "https://" + "W" * 90 + ".example/hook?key=secret", "gone": False}


MORE: Mapping[str, object] = {
    **TAKING_PART,
    **PULSE,
    **TICKET_VALUES,
    **WEBHOOK,
    "alarm": "jobs",
    "job": "reconciling",
    "over": False,
} | {
    "broadcast": 12,
    "troubled": 40,
    "sent": 160,
    "member": PersonId(1000),
    "friends": 10,
}


STOPPED: dict[str, object] = {"broadcast": 1, "troubled": 1_234_567, "sent": 1_234_567}


def make_notice(kind: type[Notice], number: int = 0, **changes: object) -> Notice:
    """A notice of this kind about the friend and the inviter of this number."""
    values: dict[str, object] = {
        "friend": PersonId(1000 + number),
        "inviter": PersonId(INVITERS + number),
        "referral": ReferralId(0),
        "points": 50,
        "waits": False,
        "reason": RevokeReason.LEFT,
        "story": "",
        "warning": "moved",
        "chat": "Budi",
        "number": "-1001234567890",
        "slug": "welcome",
        "person": PersonId(1000 + number),
        "role": Role.MANAGER,
        "item": "croissant",
        "tier": "star",
        "version": 1,
        "key": "race",
        "ends_at": MARCH,
        "commitment": "0" * 64,
        "contest": 1,
        "name": "Budi",
        "winners": "Budi\n\nSari",
        "place": 2,
        "prize": SAMPLE_RULE,
        "findings": FINDINGS,
        "entries": 1_234_567,
        "why": "for <the> music",
        "head": "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        "pool": "coffee",
        "code": "W" * 100,
        "expires_at": MARCH,
        "level": PoolLevel.LOW,
        "nearness": LiabilityLevel.NEAR,
        "ground": "",
        "most": 1_000_000,
        "jump": 5,
        "trouble": Trouble.REFUSED,
        "gift": "5170145012310081615",
        "stars": 1_000_000,
        "count": 3,
        "error": "Bad Request: STARGIFT_PREMIUM_NEEDED",
        "rule": SAMPLE_RULE,
        "grant": 1,
        "state": GrantState.AVAILABLE,
        "until": MARCH,
    }
    known = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in (values | {**MORE} | changes).items() if name in known})


def make_reader(
    texts: Texts,
    shop: Shop,
    names: Mapping[int, str] | None = None,
    *,
    name: str = "Budi",
    member: MemberView | None = None,
) -> Reader:
    """A member who reads, and everybody's names; friends are called `name`, who has none is anonymous in public."""
    people = {PersonId(person_id): called for person_id, called in (names or {1000: name, INVITERS: name}).items()}
    reads = member or make_member(name, balance=1500)
    return Reader(texts=texts, shop=shop, view=NoticesView(member=reads, names=people, public_names=people))


def render_kind(
    texts: Texts,
    shop: Shop,
    kind: type[Notice],
    rows: Sequence[tuple[str, str]] = (("Budi", "Sari"),),
    *,
    member: MemberView | None = None,
    **changes: object,
) -> list[Rendered]:
    """Notices of one kind, told of these friends and inviters; an inviter without a name is anonymous."""
    inviters = list(dict.fromkeys(inviter for _, inviter in rows))
    names = {1000 + n: friend for n, (friend, _) in enumerate(rows)}
    names |= {INVITERS + n: inviter for n, inviter in enumerate(inviters)}
    reader = make_reader(texts, shop, names, name=rows[0][0] if rows else "", member=member)
    owed = [
        Owed(
            id=NoticeId(n),
            notice=make_notice(kind, n, inviter=PersonId(INVITERS + inviters.index(inviter)), **changes),
        )
        for n, (_, inviter) in enumerate(rows)
    ]
    return render_notices(reader, owed, RENDERERS)


def make_broadcast(
    state: BroadcastState, *, started: bool = True, content: dict[str, object] | None = None, percent: int | None = None
) -> Broadcast:
    """A broadcast in this state."""
    return Broadcast(
        id=BroadcastId(3),
        author_id=PersonId(7),
        state=state,
        content=content or {"text": "Hello"},
        progress_message_id=5,
        audience_upto=PersonId(2000) if started else None,
        filled_upto=PersonId(0),
        created_at=MARCH,
        started_at=MARCH if started else None,
        finished_at=None,
        sample_percent=percent,
    )


def make_broadcast_view(
    state: BroadcastState,
    *,
    total: int = 2000,
    unknown: int = 2,
    started: bool = True,
    content: dict[str, object] | None = None,
    percent: int | None = None,
) -> BroadcastView:
    """A broadcast half way."""
    counts = {
        DeliveryState.QUEUED: 1042,
        DeliveryState.SENT: 940,
        DeliveryState.BLOCKED: 15,
        DeliveryState.FAILED: 1,
        DeliveryState.UNKNOWN: unknown,
    }
    return BroadcastView(
        member=make_member(),
        broadcast=make_broadcast(state, started=started, content=content, percent=percent),
        counts=counts if started else {},
        total=total,
    )


def make_invites(name: str, *, page: int = 1, pages: int = 3, count: int = 8) -> InvitesView:
    """A page of friends of this name."""
    states = {3: ReferralState.REVOKED, 4: ReferralState.WAITING, 6: ReferralState.REVOKED}
    lines = [
        Invitation(
            referral_id=ReferralId(n),
            name=name,
            state=states.get(n, ReferralState.QUALIFIED),
            earned=0 if n in states else 50,
            joined_at=MARCH,
            source="chat" if n > 4 else "qr",
        )
        for n in range(count)
    ]
    return InvitesView(member=make_member(name), total=count * pages, earned=1050, page=page, pages=pages, lines=lines)


def make_waiting(name: str) -> InvitesView:
    """A page of friends of this name none of whom counts yet, each for another reason or with another past."""
    page = make_invites(name)
    rests = [*Reminding, Reminding.DONE]
    return replace(
        page,
        lines=[replace(line, state=ReferralState.WAITING, earned=0) for line in page.lines],
        waiting={
            line.referral_id: WaitingView(
                missing=Missing.BOT if rest is Reminding.NOT_STARTED else Missing.COMMUNITY,
                reminding=rest,
                reminded_at=MARCH,
            )
            for line, rest in zip(page.lines, rests, strict=True)
        },
    )


def make_note(texts: Texts, name: str) -> Html:
    """The longest word on what became of a reminder."""
    view = RemindView(result=Reminding.TOO_SOON, name=name, reminded_at=MARCH, next_at=MARCH)
    return reminding.say_reminded(texts, make_shop(), view)


def make_community(name: str, *, waits: bool = False) -> CommunityView:
    """Somebody of this name before the community chat."""
    return CommunityView(member=make_member(name), link=INVITE, waits=waits)


def make_rewards(name: str) -> RewardsView:
    """A first page of every sort of line."""
    rows = [(50, "invited_friend"), (-50, "invited_friend"), (25, "welcome"), (1, "invented"), (1_000_000, "welcome")]
    rows += [(-40, "item:croissant"), (40, "item:croissant"), (-40, "item:gone")]
    had = {number: replace(ROW, state=state) for number, state in enumerate(RedemptionState, start=len(rows))}
    rows += [(-40, "item:croissant")] * len(had)
    lines = [
        LedgerLine(id=n, amount=amount, reason=reason, other_name=name, posted_at=MARCH)
        for n, (amount, reason) in enumerate(rows)
    ]
    counter = make_counter(make_shop())
    return RewardsView(member=make_member(name), balance=1625, page=0, pages=2, lines=lines, had=had, counter=counter)


def make_top(name: str, *, my_rank: int | None = 1204, anonymous: bool = False, count: int = 10) -> TopView:
    """A ranking of people of this name, one of them without."""
    lines = [
        RankLine(rank=n + 1, person_id=PersonId(n), name="" if n == 4 else name, score=1500 - n) for n in range(count)
    ]
    return TopView(
        member=make_member(name), lines=lines, my_rank=my_rank, my_score=12 if my_rank else 0, anonymous=anonymous
    )


def make_figures() -> Figures:
    """How far people came, and how it grows."""
    ever = Funnel(
        members=12345,
        blocked=67,
        reached=11000,
        shared=4200,
        prepared=6000,
        sent=8000,
        clicks=9000,
        clicked=7100,
        started=3100,
        qualified=2900,
        purchased=700,
        redeemed=410,
    )
    return Figures(
        funnel=ever,
        lately=Funnel(members=620, sent=540, clicked=480, started=210),
        before=Funnel(members=580, sent=600, clicked=510, started=180),
        growth=compute_growth(ever, friends=2900, squares=9000),
        cycle_hours=74,
        projection=Projection(188.0, Interval(170.0, 208.0)),
    )


def make_stats(name: str) -> StatsView:
    """The figures of a shop that grows."""
    return StatsView(
        member=make_member(name),
        figures=make_figures(),
        weeks={20_416 + 7 * week: Funnel(started=40 + 9 * week, sent=100 + 20 * week) for week in range(12)},
        owed=Liability(points=1_000_000, coupons=1, gifts=2),
    )


def make_page(name: str, page: Page) -> PageView:
    """One page of figures of the same shop."""
    some = Funnel(members=900, prepared=60, sent=40, clicks=12, clicked=11, started=7, qualified=5)
    cut = dict.fromkeys(("", "card", "inline", "fwd", "whatsapp", "en", name[:16], *(f"k{n}" for n in range(9))), some)
    return PageView(
        member=make_member(name),
        page=page,
        figures=make_figures(),
        cut=cut,
        placements={"window": 3},
        broadcasts=make_results(name),
        desk=make_desk(),
        top=make_top(name).lines,
        owed=Liability(points=1_000_000, coupons=1, gifts=2),
        trial=TrialView(standing=decide((name[:16], "b"), [500, 500], [50, 90], days=3), days=3),
        asking=compute_lift(asked=9000, asked_brought=1800, held=1000, held_brought=150),
    )


def _render_privacy(texts: Texts, member: MemberView) -> dict[str, OutgoingMessage]:
    return {
        "privacy": privacy.render_privacy(texts, member),
        "forget": privacy.render_forget(texts),
        "forget, asked": privacy.render_forget_asked(texts),
        "forgotten": privacy.render_forgotten(texts),
        "my data": privacy.render_mydata(texts),
    }


def _render_words(texts: Texts, shop: Shop, member: MemberView, own: MemberView) -> dict[str, OutgoingMessage]:
    second = CAMPAIGN.stories[1].key
    return {
        "words, seen": own_words.render_words_preview(texts, shop, own, PHOTO, second),
        "words, asked for": own_words.render_words_prompt(texts, member, second),
        "words, asked for again": own_words.render_words_prompt(texts, own, second),
        "words, stopped": own_words.render_words_stopped(texts),
        **{f"words, {fault}": own_words.render_words_refusal(texts, fault, 121) for fault in WordsFault},
    }


def _render_faces(texts: Texts, shop: Shop, member: MemberView) -> dict[str, OutgoingMessage]:
    return {
        "share, with a face": sharing_screens.render_share(texts, shop, member, PHOTO),
        "face, seen": face.render_face_preview(texts, shop, member, PHOTO, CAMPAIGN.stories[1].key),
        "face, none": face.render_no_face(texts),
        "face, unread": face.render_unread_face(texts),
        "privacy, with a face": privacy.render_privacy(texts, member),
    }


def _render_invites(texts: Texts, shop: Shop, name: str) -> dict[str, OutgoingMessage]:
    return {
        "invites": standing.render_invites(texts, shop, make_invites(name)),
        "invites, none": standing.render_invites(texts, shop, make_invites(name, page=0, pages=1, count=0)),
        "invites, one": standing.render_invites(texts, shop, make_invites(name, page=0, pages=1, count=1)),
        "invites, the last of very many": standing.render_invites(
            texts, shop, replace(make_invites(name, page=2), is_cut=True)
        ),
        "invites, waiting": standing.render_invites(texts, shop, make_waiting(name), note=make_note(texts, name)),
    }


def render_everybodys(texts: Texts, shop: Shop, name: str) -> dict[str, OutgoingMessage]:
    """All screens of members, with `name` wherever one shows."""
    member, own = make_member(name), make_member(name, own_words=OWN_WORDS)
    return {
        "welcome": notices.render_welcome(texts, shop, name=name, code=CODE),
        "welcome, unknown code": notices.render_welcome(texts, shop, name=name, code=CODE, unknown_code=True),
        "welcome, invited": notices.render_welcome_invited(
            texts, shop, name=name, code=CODE, inviter=name, points=CAMPAIGN.invitee_points
        ),
        "home": notices.render_home(texts, shop, member),
        "share": sharing_screens.render_share(texts, shop, member, PHOTO),
        "share, another story": sharing_screens.render_share(texts, shop, member, PHOTO, CAMPAIGN.stories[-1].key),
        "share, own words": sharing_screens.render_share(texts, shop, own, PHOTO),
        **_render_words(texts, shop, member, own),
        **_render_faces(texts, shop, make_member(name, face="photo")),
        "qr": sharing_screens.render_qr(texts, shop, member, PHOTO),
        "more": more.render_more(texts, shop, member),
        **_render_invites(texts, shop, name),
        "paper, cards": printing.render_cards_sheet(texts, "print"),
        "paper, cards for a place": printing.render_cards_sheet(texts, "abcdefgh12345678"),
        "paper, poster": printing.render_poster_sheet(texts),
        "paper, no place": printing.render_placement_refused(texts),
        "reminders stopped": reminding.render_reminders_stopped(texts),
        "nudges stopped": reminding.render_nudges_stopped(texts),
        "rewards": standing.render_rewards(texts, shop, make_rewards(name)),
        "top": standing.render_top(texts, shop, make_top(name)),
        "top, without name": standing.render_top(texts, shop, make_top(name, anonymous=True)),
        "top, no place": standing.render_top(texts, shop, make_top(name, my_rank=None, count=0)),
        "language": guide.render_language(texts),
        "language chosen": guide.render_language_chosen(texts, shop, member),
        "help": guide.render_help(texts, shop, member, COMMANDS),
        **_render_privacy(texts, member),
        "pointer": guide.render_pointer(texts, shop, member),
        "own code": refusals.render_own_code(texts, shop, member),
        "unknown code": refusals.render_unknown_code(texts, shop, member),
        "community": community.render_community(texts, shop, make_community(name), link=INVITE, title=name),
        "community, waiting": community.render_community(
            texts, shop, make_community(name, waits=True), link=INVITE, title="Oven & Friends"
        ),
        "community, closed": community.render_community_closed(texts, shop, make_community(name)),
        "already a member": refusals.render_already_member(texts, shop, member),
        "throttled": refusals.render_throttled(texts, shop, member),
        "sorry": refusals.render_sorry(texts),
        **render_counter(texts, shop, member, PHOTO),
        **render_coupons(texts, shop, member),
        **render_gifts(texts, shop, member),
        **render_webhooks(texts, shop, member),
    }


RICH: dict[str, object] = {
    "versions": {"": {"kind": "album", "items": []}, "id": {"kind": "poll"}, "zh": {"kind": "text", "text": "新鲜"}},
    "buttons": [["Book a table", "https://example.org/table"]],
    "share": True,
    "count": True,
}
"""Everything that can be said of a message to all."""


def render_broadcast_panels(texts: Texts) -> dict[str, OutgoingMessage]:
    """Every screen of a message to all while it is written."""
    shop, draft = make_shop(), make_broadcast_view(BroadcastState.DRAFT, started=False)
    rich = make_broadcast_view(BroadcastState.DRAFT, started=False, content=RICH)
    one, nobody = (make_broadcast_view(BroadcastState.DRAFT, total=total, started=False) for total in (1, 0))
    return {
        "panel": broadcast_panel.render_panel(texts, shop, draft),
        "panel, rich": broadcast_panel.render_panel(
            texts, replace(make_shop(), public_url="https://example.org"), rich
        ),
        "panel, one": broadcast_panel.render_panel(texts, shop, one),
        "panel, nobody": broadcast_panel.render_panel(texts, shop, nobody),
        "languages": broadcast_panel.render_languages(texts, shop, rich),
        "version": broadcast_panel.render_ask_version(texts, draft, "id"),
        "buttons": broadcast_panel.render_ask_buttons(texts, rich),
        **{
            f"buttons, {fault}": broadcast_panel.render_ask_buttons(
                texts, draft, ButtonMistake(fault, 3, "<b>Bad line")
            )
            for fault in ButtonFault
        },
        "test": broadcast_panel.render_test(texts, draft, 4),
        "tested": broadcast_panel.render_tested(texts, 3, 4),
        "sampled": broadcast_screens.render_progress(
            texts, make_broadcast_view(BroadcastState.DONE, content=RICH, percent=1)
        ),
    }


def render_admins(texts: Texts, shop: Shop, name: str) -> dict[str, OutgoingMessage]:
    """All screens of admins."""
    running, paused = BroadcastState.RUNNING, BroadcastState.PAUSED
    done, cancelled = BroadcastState.DONE, BroadcastState.CANCELLED
    recipients = [
        Recipient(broadcast_id=BroadcastId(3), person_id=PersonId(n), telegram_id=10**15 + n) for n in range(50)
    ]
    progress = broadcast_screens.render_progress
    return {
        "prompt": broadcast_screens.render_prompt(texts, shop),
        **{
            f"unfit, {why}": broadcast_screens.render_unfit(
                texts,
                ContentMistake(why, length=20_480, said="Bad <b>words</b> & more"),
                is_edit=why is Unfit.POLL_CLOSED,
            )
            for why in Unfit
        },
        "abandoned": broadcast_screens.render_abandoned(texts),
        "gone": broadcast_screens.render_gone(texts),
        **render_broadcast_panels(texts),
        "running": progress(texts, make_broadcast_view(running, unknown=0), seconds_left=40),
        "running, minutes": progress(texts, make_broadcast_view(running), seconds_left=65),
        "running, hours": progress(texts, make_broadcast_view(running), seconds_left=9000),
        "paused": progress(texts, make_broadcast_view(paused)),
        "cancelled": progress(texts, make_broadcast_view(cancelled)),
        "cancelled unsent": progress(texts, make_broadcast_view(cancelled, started=False)),
        "done": progress(texts, make_broadcast_view(done)),
        "done, all known": progress(texts, make_broadcast_view(done, unknown=0)),
        "unknown": broadcast_screens.render_unknown(texts, recipients, total=1200),
        "unknown, none": broadcast_screens.render_unknown(texts, []),
        **render_tickets(texts, shop, make_member(name), name),
        **{f"stats {page}": stats_screens.render_page(texts, shop, make_page(name, page)) for page in Page},
        "stats": stats_screens.render_stats(texts, shop, make_stats(name), PHOTO),
    }


def render_owed(texts: Texts, shop: Shop, name: str) -> dict[str, list[Rendered]]:
    """All notices, alone and merged."""
    rendered = {kind.kind: render_kind(texts, shop, kind, [(name, name)], chat=name) for kind in RENDERERS}
    rendered["friend_joined, 5"] = render_kind(texts, shop, FriendJoined, [(name, name)] * 5)
    rendered["join_announced, nobody"] = render_kind(texts, shop, JoinAnnounced, [(name, "")])
    rows = [(name, name * (n % 2)) for n in range(5)]
    rendered["join_announced, 5"] = render_kind(texts, shop, JoinAnnounced, rows)
    return rendered


def render_crowd(texts: Texts, shop: Shop, name: str) -> list[Rendered]:
    """A thousand friends of this name, as services hand it on, by three hundred inviters; in both kinds."""
    short = compose_display_name(name)
    rows = [(short, f"{n % 300} {short}") for n in range(1000)]
    return [each for kind in (FriendJoined, JoinAnnounced) for each in render_kind(texts, shop, kind, rows)]


def list_messages(rendered: Iterable[Rendered]) -> list[OutgoingMessage]:
    """All messages, one after the other."""
    return [message for each in rendered for message in each.messages]
