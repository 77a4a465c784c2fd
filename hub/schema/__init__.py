"""The words of the GraphQL interface, one file per noun; `server.py` holds every override of the library."""

import hub.schema.enums  # noqa: F401  before any type that names one
