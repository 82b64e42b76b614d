"""Run by Alembic for each command: hands it the open connection."""

from __future__ import annotations

from alembic import context

from storage.schema.complete import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,  # both engines can; the caller has begun and will commit
)
context.run_migrations()
