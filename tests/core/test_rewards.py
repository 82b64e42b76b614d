"""The rules of a campaign file: what can be said, what it means, and what cannot be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.campaigns.campaign import Campaign, CampaignMistake, parse_campaign
from bot.core.campaigns.composing import compose_file
from bot.core.campaigns.content import compose_content, parse_content
from bot.core.campaigns.parts import Part, list_part_changes
from bot.core.campaigns.rewards import TRIGGERS, Condition, Give, Limit, Rule
from bot.core.rewards.rules import compose_week, compute_share
from storage.facts import GrantKind
from storage.records import Side
from tests.core.test_campaign_words import PLAIN

RULE = '[[rewards]]\nwhen = "milestone"\nfriends = 3\nwho = "inviter"\ngive = { coupon = "coffee" }\n'
JOINED = '[[rewards]]\nwhen = "joined"\nwho = "friend"\ngive = { points = 5 }\n'


def parse(text: str) -> Campaign:
    """Read a file."""
    return parse_campaign(text, themes=["sunrise", "lagoon"], find_picture=lambda path: path)


def read(block: str) -> Rule:
    """The rule that a block says; written out again it says the same, letter for letter, and is kept whole."""
    text = f"{PLAIN}\n{block}"
    campaign = parse(text)
    assert parse_content(compose_content(campaign)) == campaign
    assert compose_file(campaign, former=text, name_picture=str) == text
    assert parse(compose_file(campaign, name_picture=str)) == campaign
    (rule,) = campaign.rewards
    return rule


def test_a_file_without_rules_has_none_and_is_kept_as_before() -> None:
    """Nothing of them is in the content, so that a newer program makes no new version."""
    campaign = parse(PLAIN)
    assert campaign.rewards == ()
    assert "rewards" not in compose_content(campaign)


def test_a_rule_says_when_to_whom_what_and_how_often() -> None:
    """The block of the documents, field by field."""
    assert read(RULE + "limit = { per_member = 1 }\n") == Rule(
        key="milestone-3-inviter-coupon",
        when="milestone",
        number=3,
        who=Side.INVITER,
        give=Give(kind=GrantKind.COUPON, what="coffee"),
        limit=Limit(per_member=1),
    )


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('key = "first-coffee"', {"key": "first-coffee"}),
        ("hold_days = 7", {"hold_days": 7}),
        ("valid_days = 30", {"valid_days": 30}),
        ('at_limit = "queue"', {"at_limit": "queue"}),
        ('on_expiry = "tell"', {"on_expiry": "tell"}),
        ('name = "Secangkir kopi"', {"name": {"id": "Secangkir kopi"}}),
        (
            "limit = { per_member = 1, per_week = 2, budget = 3, first = 4 }",
            {"limit": Limit(per_member=1, per_week=2, budget=3, first=4)},
        ),
        ('if = { source = "qr" }', {"condition": Condition(source=("qr",))}),
        (
            'if = { source = ["qr", "fwd"], language = "id" }',
            {"condition": Condition(source=("qr", "fwd"), language=("id",))},
        ),
        ('if = { tier = ["gold"] }', {"condition": Condition(tier=("gold",))}),
        ('if = { label = "ambassador" }', {"condition": Condition(label=("ambassador",))}),
        ("head_start = 1", {"head_start": 1}),
        (
            'if = { from = 2026-12-01, until = "2026-12-24" }',
            {"condition": Condition(since="2026-12-01", until="2026-12-24")},
        ),
    ],
)
def test_everything_else_may_be_left_out(line: str, rule: dict[str, object]) -> None:
    """And is taken as it is said."""
    assert read(f"{RULE}{line}\n") == replace(read(RULE), **rule)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("give", "said"),
    [
        ("points = 50", Give(kind=GrantKind.POINTS, amount=50)),
        ('code = "WELCOME10"', Give(kind=GrantKind.CODE, what="WELCOME10")),
        ('coupon = "coffee"', Give(kind=GrantKind.COUPON, what="coffee")),
        ("percent = 10", Give(kind=GrantKind.PERCENT, amount=10)),
        ('gift = "5170233102089322756"', Give(kind=GrantKind.GIFT, what="5170233102089322756")),
        ('privilege = "Meja dekat jendela"', Give(kind=GrantKind.PRIVILEGE, what="Meja dekat jendela")),
        ('by_hand = "Sekantong roti"', Give(kind=GrantKind.BY_HAND, what="Sekantong roti")),
        ('label = "early-bird"', Give(kind=GrantKind.LABEL, what="early-bird")),
    ],
)
def test_everything_that_can_be_given_can_be_said(give: str, said: Give) -> None:
    """One word for each."""
    assert read(RULE.replace('coupon = "coffee"', give)).give == said


@pytest.mark.parametrize("label", ["Regular", "two words", "-", "é", "x" * 33])
def test_a_label_is_written_as_it_is_kept(label: str) -> None:
    """Else a rule would give one that nothing else could ask for."""
    with pytest.raises(CampaignMistake, match="rewards"):
        read(RULE.replace('coupon = "coffee"', f'label = "{label}"'))


@pytest.mark.parametrize("when", TRIGGERS)
@pytest.mark.parametrize("who", ["inviter", "friend"])
def test_everything_that_can_happen_can_be_said(when: str, who: str) -> None:
    """With the number that belongs to it; where one is usual it may be left out."""
    trigger, side = TRIGGERS[when], {"inviter": Side.INVITER, "friend": Side.INVITEE}[who]
    plain = f'[[rewards]]\nwhen = "{when}"\nwho = "{who}"\ngive = {{ points = 5 }}\n'
    plain += 'event = "News.Letter:2"\n' if trigger.named else ""
    counted = f"{plain}{trigger.number} = 4\n" if trigger.number else plain
    if side not in trigger.sides:
        with pytest.raises(CampaignMistake, match="who"):
            read(counted)
        return
    assert (read(counted).number, read(counted).who) == (4 if trigger.number else 0, side)
    if trigger.usual is not None:
        assert read(plain).number == trigger.usual
    if trigger.named:
        assert (read(plain).event, read(plain).key) == ("News.Letter:2", f"{when}-news-letter-2-{who}-points")


@pytest.mark.parametrize(
    ("block", "field"),
    [
        (RULE.replace("milestone", "milestones"), "rewards.when"),
        (RULE.replace('when = "milestone"\n', ""), "rewards.when"),
        (RULE.replace("friends = 3\n", ""), "rewards.friends"),
        (RULE.replace("3", "0"), "rewards.friends"),
        (RULE.replace("friends", "days"), "rewards.days"),
        (JOINED + "friends = 3\n", "rewards.friends"),
        (JOINED + 'event = "newsletter"\n', "rewards.event"),
        (JOINED.replace("joined", "custom"), "rewards.event"),
        (JOINED.replace("joined", "custom") + 'event = "a b"\n', "rewards.event"),
        (JOINED.replace("joined", "custom") + "event = 5\n", "rewards.event"),
        (JOINED.replace("joined", "custom") + f'event = "{"x" * 49}"\n', "rewards.event"),
        (JOINED.replace("joined", "custom") + 'event = "x"\nfriends = 3\n', "rewards.friends"),
        (RULE.replace("inviter", "invitee"), "rewards.who"),
        (RULE.replace('who = "inviter"\n', ""), "rewards.who"),
        (RULE.replace('{ coupon = "coffee" }', '"coffee"'), "rewards.give"),
        (RULE.replace('coupon = "coffee"', ""), "rewards.give"),
        (RULE.replace('coupon = "coffee"', 'coupon = "coffee", points = 5'), "rewards.give"),
        (RULE.replace('coupon = "coffee"', 'coupons = "coffee"'), "rewards.give.coupons"),
        (RULE.replace("coffee", "Coffee!"), "rewards.give.coupon"),
        (RULE.replace('coupon = "coffee"', "points = 0"), "rewards.give.points"),
        (RULE.replace('coupon = "coffee"', "percent = 101"), "rewards.give.percent"),
        (RULE.replace('coupon = "coffee"', 'code = ""'), "rewards.give.code"),
        (RULE.replace('coupon = "coffee"', f'by_hand = "{"x" * 65}"'), "rewards.give.by_hand"),
        (RULE + "limit = { per_member = 0 }\n", "rewards.limit.per_member"),
        (RULE + "limit = { per_day = 1 }\n", "rewards.limit.per_day"),
        (RULE + "limit = 3\n", "rewards.limit"),
        (RULE + "hold_days = -1\n", "rewards.hold_days"),
        (RULE + 'at_limit = "wait"\n', "rewards.at_limit"),
        (RULE + 'if = { form = "qr" }\n', "rewards.if.form"),
        (RULE + 'if = { language = "Klingon" }\n', "rewards.if.language"),
        (RULE + 'if = { from = "tomorrow" }\n', "rewards.if.from"),
        (RULE + "if = { from = 2026-12-02, until = 2026-12-01 }\n", "rewards.if.until"),
        (RULE + "if = { source = [] }\n", "rewards.if.source"),
        (RULE + RULE, "rewards.key"),
        (RULE + 'key = "join"\n', "rewards.key"),
        (RULE + 'key = "No!"\n', "rewards.key"),
        (RULE + 'if = { label = "Ambassador!" }\n', "rewards.if.label"),
        (RULE + 'if = { story = "never-told" }\n', "rewards.if.story"),
        (RULE + "head_start = 3\n", "rewards.head_start"),
        (JOINED + "head_start = 1\n", "rewards.head_start"),
        (RULE + 'instead_of = "join"\n', "rewards.instead_of"),
        (RULE + 'instead_of = "nothing"\n', "rewards.instead_of"),
        (JOINED + 'instead_of = "join"\nhold_days = 3\n', "rewards.instead_of"),
        (JOINED + 'instead_of = "join"\nlimit = { first = 3 }\n', "rewards.instead_of"),
        (JOINED.replace("points = 5", 'coupon = "tea"') + 'instead_of = "join"\n', "rewards.instead_of"),
        (RULE + 'name = { en = "Coffee" }\n', "rewards.name.en"),
        (RULE + "giv = 3\n", "rewards.giv"),
        ("".join(RULE.replace("3", str(number)) for number in range(1, 22)), "rewards"),
        ("[rewards]\nwhen = 1\n", "rewards"),
    ],
)
def test_what_cannot_be_is_named_by_line_and_field(block: str, field: str) -> None:
    """On the line where it stands, as everywhere in the file."""
    with pytest.raises(CampaignMistake) as caught:
        parse(PLAIN + block)
    assert field in {mistake.field for mistake in caught.value.all}
    assert caught.value.line > PLAIN.count("\n")


def test_all_mistakes_are_told_at_once() -> None:
    """Of a rule that is wrong in four places, and of the next one."""
    wrong = RULE.replace("3", "0").replace("inviter", "me") + "limit = { first = -1 }\n" + JOINED.replace("5", '"5"')
    with pytest.raises(CampaignMistake) as caught:
        parse(PLAIN + wrong)
    assert [mistake.field for mistake in caught.value.all] == [
        "rewards.friends",
        "rewards.who",
        "rewards.limit.first",
        "rewards.give.points",
    ]


@given(st.integers(0, 10**12), st.integers(1, 100))
def test_a_share_is_rounded_to_the_even_neighbour(amount: int, percent: int) -> None:
    """Never by more than half a point, and a half goes to the even one."""
    share = compute_share(amount, percent)
    assert abs(share * 100 - amount * percent) <= 50
    if abs(share * 100 - amount * percent) == 50:
        assert share % 2 == 0


@pytest.mark.parametrize(
    ("amount", "percent", "share"), [(50, 1, 0), (150, 1, 2), (250, 1, 2), (350, 1, 4), (999, 10, 100)]
)
def test_halves_go_to_the_even_point(amount: int, percent: int, share: int) -> None:
    """Half a point is none, one and a half are two, two and a half are two."""
    assert compute_share(amount, percent) == share


def test_a_week_begins_on_monday() -> None:
    """Also over the turn of the year."""
    assert compose_week("2026-11-29") != compose_week("2026-11-30") == compose_week("2026-12-06")
    assert compose_week("2026-12-31") == compose_week("2027-01-01") == "2026-W53"


def test_a_changed_rule_is_a_difference_that_is_shown() -> None:
    """Before and after, by its key; so is one that comes or goes."""
    before, after = parse(PLAIN + RULE), parse(PLAIN + RULE.replace("coffee", "tea"))
    (changed,) = list_part_changes(before, after)
    assert (changed.part, changed.key) == (Part.REWARD, "milestone-3-inviter-coupon")
    assert (changed.before, changed.after) == (before.rewards[0], after.rewards[0])
    (gone,) = list_part_changes(before, parse(PLAIN))
    assert (gone.key, gone.after) == (changed.key, None)
