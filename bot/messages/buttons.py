"""Every button of the shipped capabilities, declared once; what it does is bound to it in its capability."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from typing import Protocol

from bot.core.durations import DAY_SECONDS
from bot.core.roles import MANAGERS, Roles
from bot.core.roles import OWNERS as OWNER_ROLES
from bot.core.roles import TEAM as TEAM_ROLES
from storage.frozen import frozen

DATA_LIMIT = 64
"""Bytes that Telegram allows."""

HIGHEST_ID = 2**63 - 1
KEY_LIMIT = 40
"""Letters of a story's key, a language's code, a code to start with."""

_NAME = re.compile(r"[a-z_]{1,20}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")

Value = int | str


class Place(Enum):
    """Where a button may be pressed; anywhere else its data is made up."""

    PRIVATE = auto()
    """In the presser's own chat with the bot, on a message that the bot sent there."""
    POST = auto()
    """On a message of the bot's in a group or channel."""
    DESK = auto()
    """As `PRIVATE`, or in the team's group."""


class Argument(Protocol):
    """One typed part of a button's data."""

    @property
    def default(self) -> Value | None:
        """What stands there where the button is made without it."""

    @property
    def longest(self) -> int:
        """How many bytes it takes at most."""

    def read(self, text: str) -> Value | None:
        """The value; None for what no button of ours says."""


@frozen(kw_only=False)
class Number:
    """From 0 to `highest`, both included."""

    highest: int = HIGHEST_ID
    default: int | None = None

    @property
    def longest(self) -> int:
        """How many bytes it takes at most."""
        return len(str(self.highest))

    def read(self, text: str) -> int | None:
        """The number, written in one way only."""
        return int(text) if _NUMBER.fullmatch(text) and int(text) <= self.highest else None


@frozen(kw_only=False)
class Key:
    """A name for machines that stays the same when the list it comes from changes."""

    longest: int = KEY_LIMIT
    default: str | None = None

    def read(self, text: str) -> str | None:
        """The key as it is; whether there is such a thing is for the reader to say."""
        return text if len(text) <= self.longest and _KEY.fullmatch(text) else None


ID, FLAG, PAGE, KEY = Number(), Number(1), Number(default=0), Key()


class Button:
    """A button as a capability declares it: the name in its data, the key of its usual label, its typed arguments.

    Args:
        name: Unique among all buttons; it lives for ever in old chats.
        label: Key of the text on it; empty where each screen says its own.
        place: Where it may be pressed.
        roles: Who may press it; None: whoever may use the capability.
        toast: Key of the text that answers a tap at once; empty where what follows says enough.
        arguments: By name, in the order of the data.

    Raises:
        ValueError: the name cannot be, or the longest data is longer than Telegram takes.
    """

    __slots__ = ("_usual", "arguments", "label", "name", "place", "roles", "toast")

    def __init__(
        self,
        name: str,
        label: str = "",
        *,
        place: Place = Place.PRIVATE,
        roles: Roles | None = None,
        toast: str = "",
        **arguments: Argument,
    ) -> None:
        longest = len(name) + sum(1 + argument.longest for argument in arguments.values())
        if not _NAME.fullmatch(name) or longest > DATA_LIMIT:
            raise ValueError(f"{name!r} is no button: at most 20 of a-z and _, with its data {DATA_LIMIT} bytes")
        self.name, self.label, self.place, self.roles, self.toast = name, label, place, roles, toast
        self.arguments = tuple(arguments.values())
        self._usual = None if arguments else name
        """Its data where it has no arguments, as most."""

    def __repr__(self) -> str:
        """For logs and test ids."""
        return f"Button({self.name!r})"

    def data(self, *values: Value) -> str:
        """What Telegram keeps behind the button, at most `DATA_LIMIT` bytes; arguments left out have their default.

        Raises:
            ValueError: these are not the button's arguments.
        """
        if self._usual and not values:
            return self._usual
        given = [*values, *(argument.default for argument in self.arguments[len(values) :])]
        words = [str(value) for value in given]
        if self.parse(words) is None:
            raise ValueError(f"{given} are not the arguments of {self.name!r}")
        return ":".join([self.name, *words])

    def parse(self, words: Sequence[str]) -> tuple[Value, ...] | None:
        """The arguments as values; None where they are not this button's."""
        if len(words) != len(self.arguments):
            return None
        values = [argument.read(word) for argument, word in zip(self.arguments, words, strict=True)]
        read = tuple(value for value in values if value is not None)
        return read if len(read) == len(values) else None


def split_data(data: str) -> tuple[str, list[str]]:
    """Name and arguments in the data of a tap, whatever they are; much too long data says nothing."""
    name, *words = data.split(":") if len(data) <= DATA_LIMIT else [""]
    return name, words


FLOW_CANCEL = Button("flow_cancel", "button.cancel", flow=Key(20))
FLOW_BACK = Button("flow_back", "button.back", flow=Key(20), step=Key(20))
FLOW_SKIP = Button("flow_skip", "button.skip", flow=Key(20), step=Key(20))
FLOW_PICK = Button("flow_pick", flow=Key(10), step=Key(10), choice=Key(32))

MENU, LANGUAGE = Button("menu", "button.menu"), Button("language", "button.language")
SET_LANGUAGE = Button("set_language", language=KEY)

SHARE = Button("share", "button.card")
QR = Button("qr", "button.qr")
MORE = Button("more", "button.more")
"""The networks outside Telegram."""
STORY = Button("story", story=KEY)
STORY_HERE = Button("story_here", toast="story.here", story=KEY)
"""Turns the card."""
TALL = Button("tall", "button.tall", story=KEY)
"""The card as a file for an app's story or status."""
SHARE_STORY = Button("share_story", story=KEY)
"""A fresh card with this story."""

WORDS = Button("words", story=KEY)
WORDS_KEEP = Button("words_keep", "words.keep", story=KEY)
WORDS_DROP = Button("words_drop", "words.drop", story=KEY)
WORDS_REMOVE = Button("words_remove", "words.remove", story=KEY)
WORDS_STOP = Button("words_stop", "button.cancel")

FACE = Button("face", story=KEY)
"""The card with the member's profile photo, to be looked at."""
FACE_KEEP = Button("face_keep", "face.keep", story=KEY)
FACE_DROP = Button("face_drop", "face.drop", story=KEY)
HIDE_FACE = Button("hide_face", "face.hide")

CLAIM = Button("claim", "claim.button")
NOBODY = Button("nobody", "claim.nobody_button")
CLAIM_WHO = Button("claim_who", person=ID)
"""Somebody who was found by name; whoever is not offered at that moment is chosen by no tap."""
CLAIM_PICK = Button("claim_pick", search=ID, choice=Number(99))
"""Of earlier versions: which search it was, and the place of somebody in its list."""
NOT_ME = Button("not_me", "claim.not_me_button", referral=ID)
FINDABLE = Button("findable", findable=FLAG)

MYDATA, FORGET = Button("mydata", "mydata.button"), Button("forget", "forget.button")
FORGET_ASK = Button("forget_ask", "forget.ask_button")
FORGET_SURE = Button("forget_sure", "forget.sure_button")

SPOKEN = Button("spoken", "spoken.button")
CHOOSE_SPOKEN = Button("choose_spoken", "spoken.choose_button")
KEEP_SPOKEN = Button("keep_spoken", "button.cancel")

INVITES = Button("invites", "button.invites", page=PAGE)
REWARDS = Button("rewards", "button.rewards", page=PAGE)
TOP = Button("top", "button.top")
TOP_OF = Button("top_of", period=Key(8))
"""The ranking of a week, a month, the campaign, or of all time."""
APPEAR = Button("appear", named=FLAG)

CONTESTS = Button("contests", "button.contests")
CONTEST_DRAW = Button("contest_draw", contest=ID)
"""The proof of a draw, as a file."""
CONTEST_REVIEW = Button("contest_review", "contests.look", roles=MANAGERS, contest=ID)
CONTEST_LIST = Button("contest_list", "contests.list", roles=MANAGERS, contest=ID)
CONTEST_RELEASE = Button("contest_release", "contests.release", roles=MANAGERS, contest=ID)
CONTEST_SURE = Button("contest_sure", "contests.sure_button", roles=MANAGERS, contest=ID)
STRIKE = Button("strike", roles=MANAGERS, contest=ID, person=ID)
STRIKE_WHY = Button("strike_why", roles=MANAGERS, contest=ID, person=ID, reason=Key(8))

REDEEM = Button("redeem", item=Key(32))
REDEEM_SURE = Button("redeem_sure", "redeem.sure", redemption=ID)
REDEEM_DROP = Button("redeem_drop", "redeem.drop", redemption=ID)
REDEEM_GIVE_UP = Button("redeem_give_up", "redeem.give_up", redemption=ID)
"""The points back for what was paid and has not come yet."""
REDEMPTION = Button("redemption", "redeem.show", redemption=ID)
REDEMPTION_WHY = Button("redemption_why", "reward.why", redemption=ID)
HAND_OUT = Button("hand_out", "redeem.hand_out", roles=TEAM_ROLES, redemption=ID)
HAND_BACK = Button("hand_back", "redeem.hand_back", roles=TEAM_ROLES, redemption=ID)
CHECK_THING = Button("check_thing", roles=TEAM_ROLES, redemption=ID)
"""Opens what waits at the counter for somebody who was looked up."""

GIVE = Button("give", "grant.button", roles=TEAM_ROLES, person=ID)
"""Points by hand, to a member who was looked up."""
GIVE_BACK = Button("give_back", "grant.back", roles=OWNER_ROLES, grant=ID)

MEMBER = Button("member", roles=TEAM_ROLES, person=ID)

QUEUE_UP = Button("queue_up", "queue.join")
LET_IN = Button("let_in", roles=MANAGERS, count=Number(10_000), before=ID)
LET_IN_SURE = Button("let_in_sure", "queue.sure", roles=MANAGERS, count=Number(10_000), before=ID)
QUEUE = Button("queue", "queue.back", roles=MANAGERS)

LABELS = Button("labels", "labels.all")
LABELS_OF = Button("labels_of", "labels.open", person=ID)
LABELLED = Button("labelled", called=Key(32))
"""The members of one label."""
LABEL = Button("label", person=ID, given=FLAG, called=Key(32))
NEW_LABEL = Button("new_label", "labels.new", person=ID)
OWN_CODE = Button("own_code", "labels.own_code", person=ID)
SOLD_TO = Button("sold_to", "sold.button", roles=TEAM_ROLES, person=ID)
SOLD_UNDO = Button("sold_undo", "sold.undo", roles=TEAM_ROLES, sale=ID)
ORDERS = Button("orders", "orders.button", roles=TEAM_ROLES, before=PAGE)
ORDER = Button("order", roles=TEAM_ROLES, sale=ID)
ORDER_LIST = Button("order_list", "lists.button", roles=TEAM_ROLES)
ORDER_OF = Button("order_of", roles=TEAM_ROLES, sale=ID, person=ID)
ORDER_WHOSE = Button("order_whose", "orders.whose", roles=TEAM_ROLES, sale=ID)
ORDER_ASIDE = Button("order_aside", "orders.aside", roles=TEAM_ROLES, sale=ID)
API, API_NEW = (Button(*each, roles=OWNER_ROLES) for each in (("api", "api.button"), ("api_new", "api.new")))
API_REVOKE = Button("api_revoke", roles=OWNER_ROLES, key=ID)
API_REVOKE_SURE = Button("api_revoke_sure", "api.revoke_sure", roles=OWNER_ROLES, key=ID)
COUPON_HAND_IN = Button("coupon_use", "coupon.check.hand_in", roles=TEAM_ROLES, coupon=ID)
COUPON_HAND_AGAIN = Button("coupon_undo", "coupon.check.hand_again", roles=TEAM_ROLES, coupon=ID)

GIFTS = Button("gifts", "gift.show")
GIFT_ARRIVED = Button("gift_arrived", grant=ID)
GIFT_AGAIN = Button("gift_again", grant=ID)
GIFTS_NOW = Button("gifts_now", "gift.now")

WEBHOOKS = Button("webhooks", "webhook.button")
WEBHOOK = Button("webhook", webhook=ID)
WEBHOOK_ADD = Button("webhook_add", "webhook.add")
WEBHOOK_ON = Button("webhook_on", "webhook.on", webhook=ID)
WEBHOOK_EVENT = Button("webhook_event", webhook=ID, event=ID)
"""Sends one event once more."""
WEBHOOK_SINCE = Button("webhook_since", webhook=ID, seconds=Number(7 * DAY_SECONDS))
"""Sends once more what has happened in the last so many seconds."""
WEBHOOK_LEAVE = Button("webhook_leave", "webhook.leave", webhook=ID)
WEBHOOK_REMOVE = Button("webhook_remove", "webhook.remove", webhook=ID)

WHY = Button("why", "reward.why", grant=ID)
"""Why somebody has something, or has it not yet."""
WHY_LIST = Button("why_list", "why.all", page=PAGE)

REMIND = Button("remind", referral=ID, page=PAGE)
NO_REMINDERS = Button("no_reminders", "remind.stop", referral=ID)
SHARE_AGAIN = Button("share_again", "remind.again")
"""The card with another story than the last one."""
NUDGES = Button("nudges", wanted=FLAG)
NO_NUDGES = Button("no_nudges", "nudge.off")
COMMUNITY = Button("community", "community.button")

REVIEW = Button("review", "fairness.open", roles=MANAGERS)
REVIEW_NEXT = Button("review_next", "fairness.next", roles=MANAGERS, referral=ID)
"""Whoever is to be decided about next, but not this one."""
REVIEW_APPROVE = Button("review_yes", "fairness.approve", roles=MANAGERS, referral=ID)
REVIEW_REFUSE = Button("review_no", "fairness.refuse", roles=MANAGERS, referral=ID)
REVIEW_WHY = Button("review_why", roles=MANAGERS, referral=ID, reason=Key(8))
REVIEW_UNDO = Button("review_undo", "fairness.undo", roles=MANAGERS, referral=ID)
CAPTCHA = Button("captcha", referral=ID, kind=Key(8))
CAPTCHA_ANSWER = Button("captcha_answer", referral=ID, choice=Number(9))
"""A place among the answers; which is right is not in it."""
APPEAL = Button("appeal", "fairness.object", referral=ID)

_CAMPAIGN, _STORY = Number(999_999), Key(32)

ADMIN, DASHBOARD = Button("admin", "admin.button"), Button("dashboard", "dashboard.button")
ADMIN_SHOP = Button("admin_shop", "admin.shop")
SHOP_EDIT = Button("shop_edit", field=Key(12))
CAMPAIGNS = Button("campaigns", "admin.campaigns")
NEW_CAMPAIGN = Button("new_campaign", "admin.new")
NEW_FROM = Button("new_from", template=Key(16))
CAMPAIGN = Button("campaign", campaign=_CAMPAIGN)
CAMPAIGN_EDIT = Button("campaign_edit", campaign=_CAMPAIGN, field=Key(12))
CAMPAIGN_DO = Button("campaign_do", campaign=_CAMPAIGN, change=Key(16))
CAMPAIGN_LOOK = Button("campaign_look", campaign=_CAMPAIGN, theme=Key(20))
LOOK_LIST = Button("look_list", campaign=_CAMPAIGN, field=Key(8))
"""What can be chosen of the look: layouts, colours."""
LOOK_SET = Button("look_set", campaign=_CAMPAIGN, field=Key(8), value=Key(12))
CAMPAIGN_SPEAK = Button("campaign_speak", campaign=_CAMPAIGN, language=Key(12))
PREVIEW = Button("preview", toast="preview.toast")
"""A button of what members will get, as an owner sees it before."""
STORY_OPEN = Button("st_open", campaign=_CAMPAIGN, story=_STORY)
STORY_EDIT = Button("st_edit", campaign=_CAMPAIGN, story=_STORY, field=Key(8))
STORY_KIND = Button("st_kind", campaign=_CAMPAIGN, story=_STORY, kind=Key(12))
STORY_FOCUS = Button("st_focus", campaign=_CAMPAIGN, story=_STORY, focus=Key(8))
STORY_DROP = Button("st_drop", "editor.drop", campaign=_CAMPAIGN, story=_STORY)

_PART = Key(6)
"""`reward`, `item`, `tier` or `race`."""
PART_LIST = Button("pt_list", campaign=_CAMPAIGN, part=_PART, page=PAGE)
PART_ADD = Button("pt_add", campaign=_CAMPAIGN, part=_PART)
PART_EDIT = Button("pt_edit", campaign=_CAMPAIGN, part=_PART, key=Key(42))
PART_DROP = Button("pt_drop", campaign=_CAMPAIGN, part=_PART, key=Key(42))

TEAM = Button("team", "team.button")
TEAM_PAGE = Button("team_page", page=PAGE)
TEAM_INVITE = Button("team_invite", role=Key(20))
TEAM_REMOVE = Button("team_remove", person=ID)
TEAM_REMOVE_SURE = Button("team_remove_sure", "team.remove_sure", person=ID)
AUDIT = Button("audit", "audit.name", before=PAGE)

BROADCAST_CONFIRM = Button("bc_confirm", broadcast=ID)
BROADCAST_PAUSE = Button("bc_pause", "button.pause", broadcast=ID)
BROADCAST_RESUME = Button("bc_resume", "button.resume", broadcast=ID)
BROADCAST_CANCEL = Button("bc_cancel", "button.cancel", broadcast=ID)
BROADCAST_UNKNOWN = Button("bc_unknown", "button.unknown", broadcast=ID)
BROADCAST_ABANDON = Button("bc_abandon", "button.cancel")
