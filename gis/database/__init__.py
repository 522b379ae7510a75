"""What the house asks of PostgreSQL itself: roles and grants, sql/ files, COPY, streaming cursors."""
