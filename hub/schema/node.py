"""What every record with a global id has in common."""

import strawberry
from strawberry import ID

from hub.schema.words import leaf


@strawberry.interface(description="A record that has a global id and can be read again by `node(id:)`.")
class Node:
    """A record with a global id."""

    id: ID = leaf("The global id: opaque, and the same for as long as the record exists.")
