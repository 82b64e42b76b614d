"""The table of how far people come on the way from a card in hand to a purchase."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Table, Text, literal_column

from storage.schema.base import metadata

FUNNEL_KEY = ("day", "campaign_id", "source", "story", "language", "shard")
FUNNEL_COUNTS = (
    *("members", "blocked", "reached", "shared", "prepared", "sent", "clicks", "clicked"),
    *("started", "qualified", "purchased", "redeemed"),
)

FOLDED, EVER = -1, 16
"""The shard of a whole day, once that is over for a while, and of all such days together, whose `day` is `EVER_DAY`."""
EVER_DAY = -1

funnel = Table(
    "funnel",
    metadata,
    Column("day", BigInteger, nullable=False),
    Column("campaign_id", BigInteger, nullable=False),
    Column("source", Text, nullable=False),
    Column("story", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("shard", BigInteger, nullable=False),
    *(Column(name, BigInteger, nullable=False, server_default="0") for name in FUNNEL_COUNTS),
    PrimaryKeyConstraint(*FUNNEL_KEY),
)
"""Kept by triggers on the tables that it sums up; what each column counts is said in docs/metrics.md.

`day` is since 1970, UTC; 0 holds what was counted before days were. `campaign_id` is 0 and the texts are empty where nothing
is known. There are 16 shards, by the person, so that few wait for each other. Rows of days that are over are folded into one, and added
to the sum of all such days: what was ever counted is all but the folded days, and one day one row of each kind.
"""

COUNTED_EVER = funnel.c.shard >= literal_column("0")
"""What is to be summed up for all times; a few rows, however old the shop is."""
