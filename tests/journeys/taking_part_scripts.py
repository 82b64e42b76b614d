"""The dialogues of taking part, step by step."""

from __future__ import annotations

from collections.abc import Mapping

from storage import Store, Tx
from storage.idea import IdeaState
from storage.poll import PollId
from storage.tables import coupons, drops, ideas, people, polls, testimonials
from tests.journeys.dialogues import Act, Script, Walk
from tests.playground.calling import draw_picture


async def check_idea(_: Walk, store: Store) -> None:
    """It is there once, and the team can read it."""
    assert await store.read(ideas.count_in, IdeaState.OPEN) == 1


def think(tx: Tx, telegram_id: int) -> None:
    """Somebody has an idea."""
    person = people.find_by_telegram_id(tx, telegram_id)
    assert person is not None
    ideas.add(tx, person.id, text="Rye on Sundays", photo="")


async def check_idea_done(walk: Walk, store: Store) -> None:
    """It was done once, and its author has heard so."""
    assert await store.read(ideas.count_in, IdeaState.ADOPTED) == 1
    assert [each for each in walk.list_shown(walk.others[0]) if "co-maker" in each.text]


def bring_coupons(tx: Tx, telegram_id: int) -> None:
    """There is something to give."""
    assert telegram_id
    coupons.add(tx, "coffee", [(f"CUP-{number}", f"cup{number}", None) for number in range(3)])


async def check_drop(_: Walk, store: Store) -> None:
    """It is open once."""
    assert [(row.name, row.quantity) for row in await store.read(drops.list_open, limit=9)] == [("A free coffee", 2)]


async def check_asked(_: Walk, store: Store) -> None:
    """It is asked once, in the languages that were said."""
    (row,) = await store.read(polls.list_open, limit=9)
    assert (list(row.question), [option["zh"] for option in row.options]) == (["en", "zh"], ["烤炉", "黑麦"])


def choose(tx: Tx, telegram_id: int) -> None:
    """Somebody has chosen."""
    person = people.find_by_telegram_id(tx, telegram_id)
    assert person is not None
    number = polls.add(tx, {"en": "Which story next?"}, [{"en": "The oven"}, {"en": "The rye"}])
    polls.set_vote(tx, number, person.id, 1)


async def check_ended(_: Walk, store: Store) -> None:
    """It is over, with what comes of it."""
    row = await store.read(polls.find, PollId(1))
    assert row is not None
    assert row.outcome == "The rye it is"


async def check_said(_: Walk, store: Store) -> None:
    """It waits for whoever runs the shop, once."""
    said = await store.read(testimonials.find_offered)
    assert said is not None
    assert said.words == "The rye is honest"


TAKING_PART: Mapping[str, Script] = {
    "idea": Script(
        acts=[
            Act(say="/idea", shows="What would make"),
            Act(say="Rye on Sundays", shows="Your idea is with the team", may_be_silent=True),
        ],
        check=check_idea,
    ),
    "idea_photo": Script(
        acts=[
            Act(say="/idea Rye on Sundays", shows="Add a picture"),
            Act(tap="Add a picture", shows="Send the picture"),
            Act(picture=draw_picture(), shows="The picture is with your idea", may_be_silent=True),
        ],
        check=check_idea,
    ),
    "idea_reply": Script(
        admin=True,
        others=["Wayan Abe"],
        before=think,
        acts=[
            Act(say="/ideas", shows="1 idea to decide about"),
            Act(tap="1 idea to decide about", shows="An idea of Wayan Abe"),
            Act(tap="It was done", shows="What was done?"),
            Act(say="There is rye now", shows="Done: There is rye now", may_be_silent=True),
        ],
        check=check_idea_done,
    ),
    "drop": Script(
        admin=True,
        before=bring_coupons,
        others=["Wayan Abe"],
        acts=[
            Act(say="/club", shows="Open a coupon drop"),
            Act(tap="Open a coupon drop", shows="Of which coupons?"),
            Act(tap="coffee · 3 coupons", shows="There are 3 coupons"),
            Act(say="2", shows="What shall members read?"),
            Act(say="A free coffee", shows="for the first 2 members"),
            Act(tap="Open it", shows="is open: 2 coupons", may_be_silent=True),
        ],
        check=check_drop,
        deadly=3,
    ),
    "poll": Script(
        admin=True,
        acts=[
            Act(say="/choose", shows="asks nothing at the moment"),
            Act(tap="Ask members", shows="What shall members choose?"),
            Act(say="Which story next?\nThe oven\nThe rye", shows="The same in Bahasa Indonesia"),
            Act(tap="Skip", shows="The same in 简体中文"),
            Act(say="下一个故事\n烤炉\n黑麦", shows="Ask it now?"),
            Act(tap="Ask it", shows="It is asked.", may_be_silent=True),
        ],
        check=check_asked,
        deadly=3,
    ),
    "poll_end": Script(
        admin=True,
        others=["Wayan Abe"],
        before=choose,
        acts=[
            Act(say="/choose", shows="Which story next?"),
            Act(tap="End this question", shows="What comes of it?"),
            Act(say="The rye it is", shows="Everybody who chose hears it", may_be_silent=True),
        ],
        check=check_ended,
    ),
    "say": Script(
        acts=[
            Act(say="/club", shows="In your words"),
            Act(tap="In your words", shows="can become a story"),
            Act(tap="Say it", shows="One line is enough"),
            Act(say="The rye is honest", shows="May friends of the house"),
            Act(tap="Yes, they may", shows="The team has it now", may_be_silent=True),
        ],
        check=check_said,
        deadly=3,
    ),
}
"""By flow."""
