"""How Alembic runs here: always on a connection that `portal.storage.migrations` hands over, in its transaction."""

from alembic import context

from portal.storage.tables import Row

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Row.metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
