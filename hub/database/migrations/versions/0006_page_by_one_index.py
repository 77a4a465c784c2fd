"""page by one index."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.drop_index("inbox_pages", table_name="inbox")
    op.drop_index("inbox_pages_by_state", table_name="inbox")
    op.create_index(
        "inbox_pages",
        "inbox",
        ["organization_id", "side", "created_at", "id"],
        unique=False,
        postgresql_include=["state"],
    )
