"""How many people have a score within each band: a place in a ranking is a sum of few rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
additive = True

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

BAND = "CASE WHEN {0} < 1024 THEN {0} / 32 WHEN {0} < 32768 THEN 32 + {0} / 1024 ELSE 64 + {0} / 32768 END"
"""Bands are 32 scores wide up to 1,024, then 1,024, then 32,768; that of the lowest scores, 0, has no row."""
OLD, NEW = BAND.format("OLD.score"), BAND.format("NEW.score")

FILL = f"""
    INSERT INTO score_band (board_id, band, members)
    SELECT board_id, {BAND.format("score")} AS band, SUM(members) FROM score WHERE score >= 32 AND members > 0 GROUP BY 1, 2
"""  # noqa: S608 -- the words above
ENTER = f"""
    INSERT INTO score_band (board_id, band, members) SELECT NEW.board_id, {NEW}, 1 WHERE NEW.score >= 32
    ON CONFLICT (board_id, band) DO UPDATE SET members = score_band.members + 1
"""
LEAVE = f"UPDATE score_band SET members = members - 1 WHERE board_id = OLD.board_id AND band = {OLD}"  # noqa: S608 -- likewise

WATCHED = (
    ("standing_enters_band", "INSERT", "NEW.score >= 32", (ENTER,)),
    ("standing_leaves_band", "DELETE", "OLD.score >= 32", (LEAVE,)),
    ("standing_rises_to_band", "UPDATE OF score", f"{NEW} > {OLD}", (LEAVE, ENTER)),
    ("standing_falls_to_band", "UPDATE OF score", f"{NEW} < {OLD}", (ENTER, LEAVE)),
)
"""What changes the counts: by its name, when, for which rows, and how, the lower band first; all other rows cost nothing."""


def upgrade() -> None:
    """What is known is counted once; the database keeps count from then on."""
    op.create_table(
        "score_band",
        sa.Column("board_id", ID, autoincrement=False, nullable=False),
        sa.Column("band", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.CheckConstraint("members >= 0", name=op.f("ck_score_band_members")),
        sa.PrimaryKeyConstraint("board_id", "band", name=op.f("pk_score_band")),
    )
    op.execute(FILL)
    watch()


def watch() -> None:
    """Whoever writes `standing` anew drops its triggers, and calls this again."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, when, condition, changes in WATCHED:
        body = "; ".join(changes)
        if is_postgresql:
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} AFTER {when} ON standing FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {name}()"
            )
        else:
            op.execute(f"CREATE TRIGGER {name} AFTER {when} ON standing WHEN {condition} BEGIN {body}; END")
