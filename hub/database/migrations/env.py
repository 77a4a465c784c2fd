"""How Alembic runs here: on the connection it is given, one at a time, all or nothing."""

from alembic import context
from sqlalchemy import Connection, text

# Any number that nothing else in this database locks.
ONE_AT_A_TIME = 4_739_118_265

connection: Connection = context.config.attributes["connection"]
# Before the time limits: whoever waits for another process to migrate may have to wait for long.
connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
connection.execute(text("set local lock_timeout = '5s'"))
connection.execute(text("set local statement_timeout = '10min'"))
context.configure(connection=connection, target_metadata=context.config.attributes["tables"])
with context.begin_transaction():
    context.run_migrations()
