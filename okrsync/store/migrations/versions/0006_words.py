"""the types, labels and assignees that items have, so that a typo in a link can be told"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The next run maps everything anew, and hears them all."""
    op.create_table(
        "words",
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "kind", "word"),
    )
    op.execute("DELETE FROM fingerprints WHERE subject LIKE 'mapping of %'")


def downgrade() -> None:
    op.drop_table("words")
