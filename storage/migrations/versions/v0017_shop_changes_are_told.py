"""On PostgreSQL every process of a shop hears at once that the shop has changed."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """SQLite tells other processes nothing: they look."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        """
        CREATE FUNCTION tell_shop_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('passalong_shop_changed', TG_TABLE_SCHEMA);
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER shop_change_is_told AFTER UPDATE OF revision ON shop
        FOR EACH ROW EXECUTE FUNCTION tell_shop_changed()
        """
    )
