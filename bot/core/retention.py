"""How long each table keeps its rows: told in docs/retention.md and /privacy, done by cleaning."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from bot.core.durations import DAY
from storage.frozen import frozen


class Ends(Enum):
    """What ends the life of a row."""

    TIME = "after some days"
    FORGETTING = "when the person is forgotten"
    """A few rows for each person at most."""
    NEVER = "never"
    """History, which others were told or paid by; it names nobody once a person is forgotten."""
    FEW = "never; there are few"


@frozen
class Keeping:
    """What a table keeps, and how its rows end."""

    holds: str
    ends: Ends
    days: int = 0
    """For `Ends.TIME`: how long a row stays; 0 means not a day."""
    how: str = ""
    """What begins the days, or what else there is to say."""

    @property
    def microseconds(self) -> int:
        """The days in the store's units."""
        return self.days * DAY


CLEANING_DAYS = 1
"""Cleaning comes at least so often, so that nothing stays longer than its days and this one."""

KEPT: Mapping[str, Keeping] = MappingProxyType(
    {
        "account": Keeping(holds="whose points", ends=Ends.NEVER, how="forgetting takes the name"),
        "allowance": Keeping(
            holds="how much of the limits of rules is gone",
            ends=Ends.NEVER,
            how="holds no name; the counts of a week go when nothing was taken in it for 30 days",
        ),
        "api_key": Keeping(holds="who may report purchases: hashes of keys", ends=Ends.FEW),
        "api_request": Keeping(
            holds="which requests were answered, by hashes of their ids", ends=Ends.TIME, days=30, how="after they came"
        ),
        "asking": Keeping(
            holds="what a member may be asked next, and whether they are displeased", ends=Ends.FORGETTING
        ),
        "audit": Keeping(holds="who did what in running the shop", ends=Ends.NEVER, how="holds no name"),
        "awaited": Keeping(
            holds="what rules still wait for of a friend",
            ends=Ends.TIME,
            days=0,
            how="once it has come or the friend is gone",
        ),
        "board": Keeping(
            holds="rankings",
            ends=Ends.TIME,
            days=92,
            how="after the end of a week or month, with everybody's standing there; the others go on",
        ),
        "broadcast": Keeping(
            holds="what was written to all", ends=Ends.NEVER, how="one never confirmed goes 30 days after it was begun"
        ),
        "broadcast_link": Keeping(
            holds="where the counted links of a message to all lead",
            ends=Ends.NEVER,
            how="those in chats go on leading there",
        ),
        "broadcast_open": Keeping(
            holds="who has opened a link of a broadcast",
            ends=Ends.TIME,
            days=90,
            how="after its end; then only the sum stays",
        ),
        "campaign": Keeping(holds="promotions", ends=Ends.FEW),
        "campaign_version": Keeping(holds="what was promised when", ends=Ends.NEVER, how="what is owed goes by it"),
        "captcha": Keeping(
            holds="what a friend is asked to show that they are a person",
            ends=Ends.TIME,
            days=0,
            how="with the answer, or when its time is over",
        ),
        "card": Keeping(
            holds="Telegram's names for pictures",
            ends=Ends.TIME,
            days=90,
            how="after the upload; within two days where nothing looks like it any more",
        ),
        "chat_join": Keeping(
            holds="who is in the community chat",
            ends=Ends.TIME,
            days=365,
            how="after leaving; while inside, and where a friend counts by it, until forgotten",
        ),
        "chat_link": Keeping(holds="personal links to the community chat", ends=Ends.FORGETTING),
        "checkpoint": Keeping(holds="heads of the books, one a day each", ends=Ends.NEVER, how="holds no name"),
        "click": Keeping(
            holds="links opened, not by whom", ends=Ends.TIME, days=90, how="what they counted for stays in `funnel`"
        ),
        "code_key": Keeping(holds="the secret of codes", ends=Ends.FEW),
        "column_map": Keeping(holds="what the columns of lists of orders mean", ends=Ends.FEW),
        "command_menu": Keeping(holds="whose chats show commands of their own", ends=Ends.FEW),
        "contest": Keeping(holds="contests and draws", ends=Ends.FEW),
        "conversation": Keeping(holds="what somebody was asked", ends=Ends.TIME, days=0, how="after it expired"),
        "conversion": Keeping(
            holds="what was reported of orders",
            ends=Ends.NEVER,
            how="forgetting takes out by what it names the buyer",
        ),
        "coupon": Keeping(
            holds="codes the shop has imported, and for what each was given", ends=Ends.NEVER, how="holds no name"
        ),
        "coupon_claim": Keeping(holds="who came for coupons that were for the first", ends=Ends.FORGETTING),
        "coupon_drop": Keeping(holds="coupons for whoever comes first", ends=Ends.FEW),
        "customer": Keeping(holds="whom the shop's own numbers of customers mean", ends=Ends.FORGETTING),
        "delivery": Keeping(
            holds="whom a broadcast reached", ends=Ends.TIME, days=90, how="after its end; then only the sums stay"
        ),
        "due_job": Keeping(holds="when the bot's own work is due", ends=Ends.FEW),
        "event": Keeping(holds="what happened, as rules look at it", ends=Ends.NEVER, how="holds no name"),
        "face": Keeping(
            holds="profile photos that members looked at or show on their cards",
            ends=Ends.TIME,
            days=1,
            how="after it was looked at; one on the cards stays until it is taken off or the person is forgotten",
        ),
        "flood_wait": Keeping(holds="what Telegram forbids now", ends=Ends.TIME, days=0, how="after it ended"),
        "forgotten": Keeping(
            holds="keyed hashes of who was forgotten",
            ends=Ends.TIME,
            days=365,
            how="after it; so long nobody is credited for them anew",
        ),
        "funnel": Keeping(
            holds="how many came how far, by day, campaign, source, story and language",
            ends=Ends.NEVER,
            how="holds no name",
        ),
        "gift": Keeping(holds="which gifts were sent, and why one was not", ends=Ends.NEVER, how="holds no name"),
        "grant": Keeping(holds="what came of it for whom", ends=Ends.NEVER, how="holds no name"),
        "guess": Keeping(holds="unknown codes tried", ends=Ends.TIME, days=5, how="after the first of them"),
        "hand_grant": Keeping(holds="who of the team gave points, and why", ends=Ends.NEVER, how="holds no name"),
        "handout": Keeping(
            holds="cards to be sent without being asked for", ends=Ends.TIME, days=5, how="after they were wanted"
        ),
        "honour": Keeping(holds="who has which tier", ends=Ends.FORGETTING),
        "hook_event": Keeping(
            holds="what other systems were told", ends=Ends.TIME, days=30, how="after it happened; holds no name"
        ),
        "hook_post": Keeping(
            holds="whether it has arrived there", ends=Ends.TIME, days=30, how="with what was told; holds no name"
        ),
        "idea": Keeping(
            holds="what members have thought of, and what was answered",
            ends=Ends.FORGETTING,
            how="that one was done stays, without its words",
        ),
        "idea_support": Keeping(holds="who wants what others have thought of", ends=Ends.FORGETTING),
        "inbox": Keeping(
            holds="messages and taps as they came",
            ends=Ends.TIME,
            days=5,
            how="after they came; at least a day for Telegram's repeats, less than seven for its numbers",
        ),
        "inspection": Keeping(holds="when the books were last looked over", ends=Ends.FEW),
        "inviter_sum": Keeping(
            holds="how many friends came by a member, and the points they had for them",
            ends=Ends.NEVER,
            how="holds no name",
        ),
        "label": Keeping(holds="what a member is called", ends=Ends.FORGETTING),
        "ledger": Keeping(holds="points given and taken", ends=Ends.NEVER, how="holds no name"),
        "liability": Keeping(holds="what is owed to members in all", ends=Ends.FEW),
        "liability_bound": Keeping(holds="how near its bound owners were told that is", ends=Ends.FEW),
        "listed": Keeping(holds="who stands in a list the shop has sent", ends=Ends.FORGETTING),
        "link_revocation": Keeping(
            holds="links of people who were forgotten, until Telegram has closed them",
            ends=Ends.TIME,
            days=30,
            how="after it, where Telegram cannot be told sooner",
        ),
        "mark": Keeping(
            holds="who has tried to bring whom they came by, or left the community chat",
            ends=Ends.TIME,
            days=90,
            how="after the last time",
        ),
        "order_claim": Keeping(
            holds="who says that an order is theirs",
            ends=Ends.TIME,
            days=30,
            how="after it; sooner once that is settled",
        ),
        "outbox": Keeping(holds="messages owed", ends=Ends.TIME, days=5, how="after they were sent or given up"),
        "person": Keeping(holds="codes and choices", ends=Ends.FORGETTING, how="an empty row stays for the ledger"),
        "picture": Keeping(holds="logos and photos of campaigns", ends=Ends.FEW),
        "poll": Keeping(holds="what members were asked to choose, and what came of it", ends=Ends.FEW),
        "pool": Keeping(holds="how many coupons are left of each kind", ends=Ends.FEW),
        "placing": Keeping(holds="who has won what place", ends=Ends.NEVER, how="holds no name"),
        "profile": Keeping(holds="names, usernames, Telegram numbers", ends=Ends.FORGETTING),
        "pulse": Keeping(
            holds="how members said it was",
            ends=Ends.NEVER,
            how="holds no name; what somebody wrote goes when they are forgotten",
        ),
        "receipt": Keeping(
            holds="links on receipts, as hashes", ends=Ends.NEVER, how="forgetting takes out who has opened one"
        ),
        "redemption": Keeping(holds="what was had for points", ends=Ends.NEVER, how="holds no name"),
        "referral": Keeping(holds="who came by whom", ends=Ends.NEVER, how="holds no name"),
        "reminder": Keeping(holds="when a waiting friend was reminded", ends=Ends.FORGETTING),
        "review": Keeping(
            holds="which friends were looked at, why, and what was decided",
            ends=Ends.NEVER,
            how="holds no name; what somebody wrote about it goes when they are forgotten",
        ),
        "role": Keeping(holds="who runs the shop", ends=Ends.FEW),
        "sale": Keeping(holds="orders, and what each counts for", ends=Ends.NEVER, how="holds no name"),
        "score": Keeping(holds="how many have which score", ends=Ends.FEW),
        "score_band": Keeping(holds="how many have a score between which", ends=Ends.FEW),
        "segment": Keeping(holds="whom the shop writes to, by name", ends=Ends.FEW),
        "share": Keeping(
            holds="cards and links taken", ends=Ends.TIME, days=90, how="what they counted for stays in `funnel`"
        ),
        "shop": Keeping(holds="whose bot it is", ends=Ends.FEW),
        "signal": Keeping(holds="how often signals were right", ends=Ends.FEW),
        "spoken": Keeping(holds="spoken codes", ends=Ends.FORGETTING),
        "standing": Keeping(holds="who has how much on a board", ends=Ends.NEVER, how="with its board; holds no name"),
        "stock": Keeping(holds="how many of a thing are gone", ends=Ends.FEW),
        "strike": Keeping(holds="who was struck off a contest, and why", ends=Ends.NEVER, how="holds no name"),
        "tally": Keeping(holds="sums of rows that are gone", ends=Ends.FEW),
        "team_invitation": Keeping(
            holds="links into the team", ends=Ends.TIME, days=0, how="after they expired or were used"
        ),
        "ticket": Keeping(
            holds="that a member has asked, when it was answered and whether it is solved",
            ends=Ends.NEVER,
            how="holds no name",
        ),
        "ticket_copy": Keeping(
            holds="which messages of the bot stand for what was said",
            ends=Ends.TIME,
            days=365,
            how="after the ticket was closed, with what was said",
        ),
        "ticket_said": Keeping(
            holds="what was said in tickets", ends=Ends.TIME, days=365, how="after the ticket was closed"
        ),
        "ticket_signer": Keeping(holds="who of the team wants their name above answers", ends=Ends.FORGETTING),
        "ticket_template": Keeping(holds="the shop's own sentences for answers", ends=Ends.FEW),
        "testimonial": Keeping(
            holds="what members say for all to read", ends=Ends.FORGETTING, how="or when they take it back"
        ),
        "told_story": Keeping(holds="whose card a friend came by: which story", ends=Ends.NEVER, how="holds no name"),
        "visit": Keeping(
            holds="hashes of who opened a link", ends=Ends.TIME, days=1, how="after it; the hash is of one day alone"
        ),
        "vote": Keeping(holds="who chose what", ends=Ends.FORGETTING),
        "waitlist": Keeping(holds="queues of campaigns", ends=Ends.FEW),
        "waitlist_chunk": Keeping(holds="how many wait in which part of a queue", ends=Ends.FEW),
        "waitlist_jump": Keeping(holds="how far a friend has moved somebody", ends=Ends.NEVER, how="holds no name"),
        "waitlist_place": Keeping(holds="who stands where in a queue", ends=Ends.FORGETTING),
        "warning": Keeping(holds="what admins were told", ends=Ends.FEW),
        "web_key": Keeping(
            holds="links into the dashboard, and sessions in it",
            ends=Ends.TIME,
            days=0,
            how="after they expired or were used",
        ),
        "webhook": Keeping(holds="which other systems are told", ends=Ends.FEW),
        "watch": Keeping(holds="how far newcomers were looked at, and what is usual", ends=Ends.FEW),
    }
)
"""Every table; a new one is told here before it is used."""

WEEK_COUNT_DAYS = 30
"""How long the counts of a week are kept after nothing more was taken."""

UNCONFIRMED_DAYS = 30
"""How long a broadcast waits for its confirmation."""


def compute_promised_days(table: str) -> int:
    """How many days a row stays at most: what may be promised."""
    return KEPT[table].days + CLEANING_DAYS


def describe_end(keeping: Keeping) -> str:
    """How the rows end, in words."""
    if keeping.ends is not Ends.TIME:
        end = keeping.ends.value
    elif keeping.days:
        end = f"after {keeping.days} day{'s' * (keeping.days != 1)}"
    else:
        end = "at once"
    return f"{end}; {keeping.how}" if keeping.how else end


def compose_table() -> str:
    """All of it as the rows of a table in Markdown."""
    rows = (f"| `{table}` | {keeping.holds} | {describe_end(keeping)} |" for table, keeping in sorted(KEPT.items()))
    return "\n".join(["| table | holds | its rows go |", "|---|---|---|", *rows])
