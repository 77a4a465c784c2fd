"""PostgreSQL: found or started, migrated, and one way to write to it.

Nothing is imported here: the supervisor of the embedded database is a module of this package and has to stay small.
"""
