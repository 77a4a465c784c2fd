"""find what an organization hosted."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index(
        op.f("ix_participation_host_id_day"),
        "participation",
        ["host_id", "day"],
        postgresql_where=sa.text("host_id is not null"),
    )
