"""The words of the GraphQL interface, one file per noun; `server.py` holds every override of the library."""

import hub.schema.enums
import hub.schema.participation_enums  # noqa: F401  both before any type that names one
