"""The table of how far people come on the way from a card in hand to a purchase."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Table, Text

from storage.schema.base import metadata

FUNNEL_KEY = ("day", "campaign_id", "source", "story", "language", "shard")
FUNNEL_COUNTS = (
    *("members", "blocked", "reached", "shared", "prepared", "sent", "clicks", "clicked"),
    *("started", "qualified", "purchased", "redeemed"),
)

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
is known. There are 16 shards, by the person, so that few wait for each other.
"""
