"""Every dialogue, step by step, and one way through several of them: what is said, what is answered, what is there in the end."""

from __future__ import annotations

from bot.core.campaigns.content import parse_content
from bot.services.audit import Act as Audited
from bot.services.campaigns import get_terms
from bot.services.joining.joining import start
from bot.services.joining.revoking import suspend
from storage import Store, Tx
from storage.campaign import CampaignState
from storage.conversion import SaleState
from storage.records import Profile, Referral, ReferralState
from storage.review import ReviewState
from storage.tables import (
    api_keys,
    audit,
    broadcasts,
    campaigns,
    conversions,
    coupons,
    labels,
    ledgers,
    order_claims,
    people,
    referrals,
    reviews,
    sales,
    segments,
    shops,
    watches,
    webhooks,
)
from tests.journeys.dialogues import Act, Script, Walk
from tests.journeys.pulse_script import PULSE
from tests.journeys.taking_part_scripts import TAKING_PART
from tests.journeys.ticket_scripts import TICKET_SCRIPTS, TO_ITS_END

LUCKY = 991_000
"""Somebody's number at Telegram who is looked at."""


async def check_claim(walk: Walk, store: Store) -> None:
    """The one who was chosen is credited, and told."""
    assert await store.read(referrals.count_all) == 1
    assert not [each for each in walk.list_shown(walk.others[0]) if "recommended" in each.text]
    assert [each for each in walk.list_shown(walk.others[1]) if "says that you recommended us" in each.text]


async def check_words(walk: Walk, store: Store) -> None:
    """The line is kept."""
    person = await store.read(people.find_by_telegram_id, walk.person.id)
    assert person is not None
    assert person.own_words == "Best bread in town!"


async def check_spoken(walk: Walk, store: Store) -> None:
    """The code is the member's."""
    person = await store.read(people.find_by_telegram_id, walk.person.id)
    assert person is not None
    assert person.spoken_code == "goldencrust"


async def check_broadcast(walk: Walk, _: Store) -> None:
    """Nobody has it twice; who may not have it is told apart."""
    got = [sum("Fresh at ten" in each.text for each in walk.list_shown(other)) for other in walk.others]
    assert max(got) == 1


async def check_when(walk: Walk, store: Store) -> None:
    """It waits for its time, once, and nobody has it before."""
    author = await store.read(people.find_by_telegram_id, walk.person.id)
    assert author is not None
    found = await store.read(broadcasts.find_latest, author.id)
    assert found is not None
    assert found.timing == {"when": "drip", "days": 3}
    assert not any("Fresh at ten" in each.text for other in walk.others for each in walk.list_shown(other))


async def check_edit(walk: Walk, _: Store) -> None:
    """Everybody has it once, and as it is now."""
    for other in walk.others:
        assert [each.text for each in walk.list_shown(other) if "at ten" in each.text] == ["Warm at ten"]


async def check_news(walk: Walk, store: Store) -> None:
    """They are where they said."""
    person = await store.read(people.find_by_telegram_id, walk.person.id)
    assert person is not None
    assert person.zone == "Asia/Jakarta"


async def check_campaign(_: Walk, store: Store) -> None:
    """It is there once, runs, is the main one, and nothing of it is left unsaid."""
    main = (await store.read(shops.get)).campaign_id
    (salon,) = [row for row in await store.read(campaigns.list_all) if row.slug.startswith("salon")]
    assert salon.id == main
    assert salon.state is CampaignState.RUNNING
    assert salon.draft is None


async def check_field(_: Walk, store: Store) -> None:
    """The shop is called so in each of its languages."""
    main = await store.read(get_terms)
    assert set(main.campaign.brand.values()) == {"Moon Bakery", "Toko Bulan", "月亮面包房"}


async def check_coupons(_: Walk, store: Store) -> None:
    """Each code is there once."""
    pools = await store.read(coupons.list_pools)
    assert [(pool.name, pool.ready) for pool in pools] == [("coffee", 2)]


async def check_reward(_: Walk, store: Store) -> None:
    """The rule is in the draft once, with its number."""
    (draft,) = [parse_content(row.draft) for row in await store.read(campaigns.list_all) if row.draft]
    assert [(rule.key, rule.number) for rule in draft.rewards] == [("milestone-3-inviter-points", 3)]


async def check_item(_: Walk, store: Store) -> None:
    """The item is in the draft once, behind those that were there."""
    (draft,) = [parse_content(row.draft) for row in await store.read(campaigns.list_all) if row.draft]
    assert [(item.key, item.price, item.stock) for item in draft.catalogue][2:] == [("a-croissant", 40, 10)]


async def check_tier(_: Walk, store: Store) -> None:
    """The tier is in the draft once."""
    (draft,) = [parse_content(row.draft) for row in await store.read(campaigns.list_all) if row.draft]
    assert [(tier.key, tier.friends, tier.badge) for tier in draft.tiers] == [("old-friend", 5, "⭐")]


async def check_contest(_: Walk, store: Store) -> None:
    """The contest is in the draft once."""
    (draft,) = [parse_content(row.draft) for row in await store.read(campaigns.list_all) if row.draft]
    contest = draft.contests[-1]
    assert [each.key for each in draft.contests].count("winter-race") == 1
    assert (contest.begins, contest.ends, len(contest.prizes)) == ("2036-12-01", "2036-12-24T18:00", 2)


async def check_terms(_: Walk, store: Store) -> None:
    """What a point is worth is in the draft."""
    (draft,) = [parse_content(row.draft) for row in await store.read(campaigns.list_all) if row.draft]
    assert (draft.worth_amount, draft.worth_currency) == (5, "EUR")


async def check_posting(_: Walk, store: Store) -> None:
    """The hours are in the draft."""
    (draft,) = [parse_content(row.draft) for row in await store.read(campaigns.list_all) if row.draft]
    assert draft.news.quiet == "22-8"


async def check_label(walk: Walk, store: Store) -> None:
    """The member has it once."""
    assert await store.read(labels.count_each, limit=9) == {"ambassador": 1}


async def check_own_code(walk: Walk, _: Store) -> None:
    """The member is told of it."""
    assert [each for each in walk.list_shown(walk.others[0]) if "a code of your own: ABE" in each.text]


async def check_segment(_: Walk, store: Store) -> None:
    """It is kept once, as it was typed."""
    assert [(row.name, row.written) for row in await store.read(segments.list_all, limit=9)] == [
        ("guests", "label:vip")
    ]


async def check_webhook(_: Walk, store: Store) -> None:
    """It is told once."""
    assert [each.url for each in await store.read(webhooks.list_live)] == ["https://hooks.example.com/passalong"]


async def check_found(walk: Walk, _: Store) -> None:
    """Whoever was found hears nothing of it."""
    assert not [each for each in walk.list_shown(walk.others[0]) if "Member since" in each.text]


async def check_grant(walk: Walk, store: Store) -> None:
    """The points are there once."""
    person = await store.read(people.find_by_telegram_id, walk.others[0].id)
    assert person is not None
    assert person.balance == 5


async def check_key(_: Walk, store: Store) -> None:
    """One opens something."""
    assert [(each.name, each.revoked_at) for each in await store.read(api_keys.list_all)] == [("till", None)]


async def check_sold(walk: Walk, store: Store) -> None:
    """The order is there once, of this amount, and its buyer's."""
    sale = await store.read(sales.find_by_order, "A-17")
    buyer = await store.read(people.find_by_telegram_id, walk.others[0].id)
    assert sale is not None
    assert buyer is not None
    assert (sale.amount, sale.person_id, sale.state) == (1250, buyer.id, SaleState.NOTED)
    assert len(await store.read(conversions.list_of, sale.id)) == 1


async def check_own_order(walk: Walk, store: Store) -> None:
    """The member has said so, and nothing waits for it."""
    person = await store.read(people.find_by_telegram_id, walk.person.id)
    assert person is not None
    assert await store.read(order_claims.list_of, "A-17", 9) == [person.id]


async def check_list(_: Walk, store: Store) -> None:
    """Its order is there once, and waits for whoever has bought."""
    (sale,) = await store.read(sales.list_waiting, before=2**62, limit=9)
    assert (sale.order_id, sale.amount, sale.person_id) == ("A-17", 1250, None)
    assert len(await store.read(conversions.list_of, sale.id)) == 1


def hold_friend(tx: Tx, telegram_id: int) -> None:
    """Somebody came by a member, and is looked at."""
    host = people.find_by_telegram_id(tx, telegram_id)
    assert host is not None
    start(tx, visitor=Profile(telegram_id=LUCKY, first_name="Lucky"), payload=host.code)
    referral = find_held(tx)
    suspend(tx, referral)
    reviews.add(
        tx, referral.id, ReviewState.OPEN, risk=60, evidence=(("short", (4, 5)),), counted=True, due_at=tx.now + 2**40
    )


def find_held(tx: Tx) -> Referral:
    """What brought the friend."""
    friend = people.find_by_telegram_id(tx, LUCKY)
    found = referrals.find_by_invitee(tx, friend.id) if friend is not None else None
    assert found is not None
    return found


async def check_review(_: Walk, store: Store) -> None:
    """It was refused once, taken back once and approved once, and brings once what a friend brings."""
    held = await store.read(find_held)
    assert held.state is ReferralState.QUALIFIED
    points = (await store.read(get_terms)).campaign.inviter_points
    assert await store.read(ledgers.get_balance, held.inviter_id) == points
    assert await store.read(watches.list_counts) == {"short": (0, 1)}
    lines = await store.read(audit.list_before, most=20)
    assert [each.after for each in lines if each.act == Audited.REVIEWED] == ["approved", "again", "unreal"]


TO_THE_CAMPAIGN = (
    Act(say="/admin", shows="like to look at"),
    Act(tap="Campaigns", shows="every link without a campaign"),
    Act(tap="★ welcome: running", shows="+ Story"),
)
"""The screen of the shop's campaign."""

TAKE_A_LIST = (
    Act(say="/orders", shows="No order waits for anything"),
    Act(tap="Take in a list", shows="Send me the list of orders"),
    Act(send="Number,Total,Buyer\nA-17,12.50,\n", shows="Which column is the order\u2019s number?"),
    Act(tap="Number", under="the order\u2019s number?", shows="Which column is the amount?"),
    Act(tap="Total", under="the amount?", shows="Which column says who has bought?"),
    Act(tap="Buyer", under="who has bought?", shows="And what does it say of the buyer?"),
    Act(tap="The member\u2019s code", shows="Which column is the day?"),
    Act(tap="Skip", shows="known before"),
)
"""Of one order, which nobody is said to have bought."""

SCRIPTS = {
    **TICKET_SCRIPTS,
    "pulse": PULSE,
    "claim": Script(
        others=["Wayan Abe", "Wayan Bram"],
        acts=[
            Act(say="Wayan", shows="There are several people of that name"),
            Act(tap="Wayan B.", shows="Thank you", may_be_silent=True),
        ],
        check=check_claim,
    ),
    "words": Script(
        acts=[
            Act(say="/share", shows="My words"),
            Act(tap="My words", shows="up to 120 characters"),
            Act(say="Best bread in town!", shows="“Best bread in town!”"),
            Act(tap="Keep it", shows="Edit words"),
        ],
        check=check_words,
    ),
    "spoken": Script(
        acts=[
            Act(say="/spoken", shows="Choose my own"),
            Act(tap="Choose my own", shows="Which one shall it be"),
            Act(say="golden crust", shows="Done, your spoken code", may_be_silent=True),
        ],
        check=check_spoken,
    ),
    "broadcast": Script(
        admin=True,
        others=["Anna", "Budi", "Mei"],
        acts=[
            Act(say="/broadcast", shows="Send me the message"),
            Act(say="Fresh at ten", shows="This is what members will see"),
            Act(tap="Send to 4 members", shows="Done"),
        ],
        check=check_broadcast,
    ),
    "broadcast_when": Script(
        admin=True,
        others=["Anna"],
        acts=[
            Act(say="/broadcast", shows="Send me the message"),
            Act(say="Fresh at ten", shows="This is what members will see"),
            Act(tap="When, and about what", shows="When does it go out"),
            Act(tap="Days after joining", shows="How many days"),
            Act(say="3", shows="3 days after joining"),
        ],
        check=check_when,
        deadly=2,
    ),
    "broadcast_edit": Script(
        admin=True,
        others=["Anna"],
        acts=[
            Act(say="/broadcast", shows="Send me the message"),
            Act(say="Fresh at ten", shows="This is what members will see"),
            Act(tap="Send to 2 members", shows="Done"),
            Act(tap="Edit for all", shows="Send me the message as it should be", may_be_silent=True),
            Act(say="Warm at ten", shows="This is what will stand"),
            Act(tap="Edit for all", under="This is what will stand", shows="Edited: 2 of 2"),
        ],
        check=check_edit,
        deadly=2,
    ),
    "news": Script(
        acts=[
            Act(say="/news", shows="What may I write to you about"),
            Act(tap="Another clock", shows="Where are you"),
            Act(say="Jakarta", shows="Your clock: Asia/Jakarta."),
        ],
        check=check_news,
        deadly=2,
    ),
    "campaign": Script(
        admin=True,
        acts=[
            Act(say="/admin", shows="The shop"),
            Act(tap="The shop", shows="Name: "),
            Act(tap="Name", shows="English"),
            Act(say="Moon Bakery", shows="Indonesia"),
            Act(say="Toko Bulan", shows="中文"),
            Act(say="月亮面包房", shows="Name: Moon Bakery"),
        ],
        check=check_field,
    ),
    "reward": Script(
        admin=True,
        acts=[
            *TO_THE_CAMPAIGN,
            Act(tap="Rewards", shows="What welcome gives"),
            Act(tap="+ Add a reward", shows="When shall it be given?"),
            Act(tap="A member reaches a number of friends", shows="How many friends does it take?"),
            Act(say="\uff13", shows="Who gets it?"),
            Act(tap="The member", shows="What is it?"),
            Act(tap="Points", shows="How many points?"),
            Act(tap="100", shows="How often at most?"),
            Act(tap="Once per member", shows="This is how it reads"),
            Act(
                tap="✓ Keep it", shows="1. When a member has brought 3 friends, they get 100 points", may_be_silent=True
            ),
        ],
        check=check_reward,
        deadly=4,
    ),
    "item": Script(
        admin=True,
        acts=[
            *TO_THE_CAMPAIGN,
            Act(tap="For points", shows="What there is for points"),
            Act(tap="+ Add something", shows="called in English"),
            Act(say="A croissant", shows="called in Bahasa Indonesia"),
            Act(tap="Skip", shows="called in 简体中文"),
            Act(say="羊角面包", shows="What is it?"),
            Act(tap="Something handed out", shows="How many points does it cost?"),
            Act(say="40", shows="How many are there in all?"),
            Act(tap="10", shows="This is how it stands in the list"),
            Act(tap="✓ Keep it", shows="3. A croissant: 40 points", may_be_silent=True),
        ],
        check=check_item,
        deadly=4,
    ),
    "tier": Script(
        admin=True,
        acts=[
            *TO_THE_CAMPAIGN,
            Act(tap="Levels", shows="what members become"),
            Act(tap="+ Add a level", shows="called in English"),
            Act(say="Old friend", shows="called in Bahasa Indonesia"),
            Act(tap="Skip", shows="called in 简体中文"),
            Act(tap="Skip", shows="How many friends does it take?"),
            Act(tap="5", shows="Which sign stands beside the name?"),
            Act(tap="⭐", shows="This is the level"),
            Act(tap="✓ Keep it", shows="1. ⭐ Old friend", may_be_silent=True),
        ],
        check=check_tier,
        deadly=4,
    ),
    "race": Script(
        admin=True,
        acts=[
            *TO_THE_CAMPAIGN,
            Act(tap="Contests", shows="Contests in"),
            Act(tap="+ Add a contest", shows="called in English"),
            Act(say="Winter race", shows="called in Bahasa Indonesia"),
            Act(tap="Skip", shows="called in 简体中文"),
            Act(tap="Skip", shows="From when on?"),
            Act(say="2036-12-01", shows="Until when?"),
            Act(say="2036-12-24 18:00", shows="Who wins?"),
            Act(tap="Who brings the most friends", shows="What is there to win?"),
            Act(say="A dinner for two\n500", shows="This is the contest"),
            Act(tap="✓ Keep it", shows="1. Winter race: 2036-12-01 to 2036-12-24 18:00", may_be_silent=True),
        ],
        check=check_contest,
        deadly=4,
    ),
    "posting": Script(
        admin=True,
        acts=[
            *TO_THE_CAMPAIGN,
            Act(tap="Posts and messages", shows="Whoever joins is announced at once."),
            Act(tap="Quiet hours", shows="At which hours of their own clock"),
            Act(say="22-8", shows="between 22:00 and 8:00"),
            Act(tap="✓ Keep it", shows="What changes", may_be_silent=True),
        ],
        check=check_posting,
    ),
    "terms": Script(
        admin=True,
        acts=[
            *TO_THE_CAMPAIGN,
            Act(tap="Rewards", shows="What welcome gives"),
            Act(tap="Until when, and what points are worth", shows="For 7 days after they began here"),
            Act(tap="What a point is worth", shows="What is one point worth to you?"),
            Act(say="0,05 eur", shows="One point is worth 0.05 EUR to you"),
            Act(tap="✓ Keep it", shows="What changes", may_be_silent=True),
        ],
        check=check_terms,
        deadly=3,
    ),
    "find": Script(
        admin=True,
        others=["Wayan Abe"],
        acts=[
            Act(say="/find", shows="Whom are you looking for"),
            Act(say="Wayan Abe", shows="Member since"),
        ],
        check=check_found,
    ),
    "grant": Script(
        admin=True,
        others=["Wayan Abe"],
        acts=[
            Act(say="/grant Wayan Abe", shows="How many points for"),
            Act(say="5", shows="What for?"),
            Act(say="For the music", shows="Shall I give them?"),
            Act(tap="Yes, give them", shows="has been told", may_be_silent=True),
        ],
        check=check_grant,
    ),
    "label": Script(
        admin=True,
        others=["Wayan Abe"],
        acts=[
            Act(say="/find Wayan Abe", shows="Member since"),
            Act(tap="Labels and code", shows="No labels yet"),
            Act(tap="New label", shows="Which label shall"),
            Act(say="Ambassador", shows="Labels: ambassador", may_be_silent=True),
        ],
        check=check_label,
    ),
    "segment": Script(
        admin=True,
        acts=[
            Act(say="/segments", shows="A segment is some of your members"),
            Act(tap="New segment", shows="Which condition"),
            Act(say="label: VIP", shows="label vip"),
            Act(tap="Keep it by a name", shows="By which name"),
            Act(say="Guests", shows="guests"),
        ],
        check=check_segment,
    ),
    "own_code": Script(
        admin=True,
        others=["Wayan Abe"],
        acts=[
            Act(say="/label Wayan Abe ambassador", shows="Labels: ambassador"),
            Act(tap="A code of their own", shows="Which code shall"),
            Act(say="ABE", shows="Their own code: ABE", may_be_silent=True),
        ],
        check=check_own_code,
    ),
    "webhook": Script(
        admin=True,
        acts=[
            Act(say="/admin", shows="like to look at"),
            Act(tap="Other systems", shows="No other system hears"),
            Act(tap="Tell one more", shows="Which address shall be told?"),
            Act(say="https://hooks.example.com/passalong", shows="What shall https://hooks.example.com"),
            Act(tap="Everything", shows="This secret signs", may_be_silent=True),
        ],
        check=check_webhook,
    ),
    "api": Script(
        admin=True,
        acts=[
            Act(say="/api", shows="There is none yet"),
            Act(tap="Make a key", shows="What is the key for?"),
            Act(say="till", shows="I show it this once", may_be_silent=True),
        ],
        check=check_key,
    ),
    "sold": Script(
        admin=True,
        others=["Wayan Abe"],
        acts=[
            Act(say="/sold", shows="Whose purchase is it?"),
            Act(say="Wayan Abe", shows="For how much did Wayan Abe buy?"),
            Act(say="12.50 A-17", shows="order A-17", may_be_silent=True),
        ],
        check=check_sold,
    ),
    "order": Script(
        acts=[
            Act(say="/order", shows="What is the number of your order?"),
            Act(say="A-17", shows="The team will confirm the order", may_be_silent=True),
        ],
        check=check_own_order,
    ),
    "lists": Script(admin=True, acts=TAKE_A_LIST, check=check_list, deadly=6),
    "tie": Script(
        admin=True,
        others=["Wayan Abe"],
        acts=[
            *TAKE_A_LIST,
            Act(tap="Orders that wait", shows="1 order waits"),
            Act(tap="A-17", shows="Say whose it is"),
            Act(tap="Say whose it is", shows="Whose is the order A-17?"),
            Act(say="Wayan Abe", shows="Bought by Wayan Abe"),
        ],
        check=check_sold,
        deadly=4,
    ),
    **TAKING_PART,
    "coupons": Script(
        admin=True,
        acts=[
            Act(send="CODE-1\nCODE-2\nCODE-1\n", shows="Into which pool"),
            Act(say="coffee", shows="Pool coffee: "),
        ],
        check=check_coupons,
    ),
}
"""By flow."""

NEW_CAMPAIGN = Script(
    admin=True,
    acts=[
        Act(say="/admin", shows="like to look at"),
        Act(tap="Campaigns", shows="every link without a campaign"),
        Act(tap="+ New campaign", shows="What shall it begin with?"),
        Act(tap="Salon", shows="salon: a draft"),
        Act(tap="1. We tell you when not to cut", shows="Story 1 of salon"),
        Act(tap="Headline", shows="The headline in English"),
        Act(say="We like it short", shows="The headline in Bahasa Indonesia"),
        Act(say="Kami suka pendek", shows="The headline in 简体中文"),
        Act(tap="Skip", shows="We like it short"),
        Act(tap="Back", shows="salon: a draft"),
        Act(tap="Friend: 50", shows="does the friend get?"),
        Act(say="33", shows="Friend gets: 33 points"),
        Act(tap="Start now", shows="salon: running"),
        Act(tap="★ Make it the main one", shows="★ salon: running"),
    ],
    check=check_campaign,
)
"""An owner writes a campaign; a tap on an older screen is no step of it, so nothing else is said meanwhile."""

DECIDING = Script(
    admin=True,
    others=["Wayan Abe"],
    before=hold_friend,
    acts=[
        Act(say="/review", shows="Lucky came through"),
        Act(tap="Doesn\u2019t count", shows="Not a real person"),
        Act(tap="Not a real person", shows="Lucky doesn\u2019t count"),
        Act(tap="Take that back", shows="is looked at again"),
        Act(tap="Counts", under="is looked at again", shows="Lucky counts"),
    ],
    check=check_review,
)
"""Somebody of the team decides, takes it back, and decides otherwise."""

ALL_SCRIPTS = {**SCRIPTS, "a whole campaign": NEW_CAMPAIGN, "a decision": DECIDING, "a ticket": TO_ITS_END}
