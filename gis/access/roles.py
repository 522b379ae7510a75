"""Roles that no domain owns. A domain's own roles stand in its `codes.py`."""

ADMIN = "admin"
"""Keeps accounts and settings; sees everything, edits nothing of the domains."""
OPERATOR = "operator"
"""Keeps the service running."""
LEADER = "leader"
"""Provincial leaders: see everything, edit nothing."""
LAWYER = "lawyer"
"""Keeps the tables of rules and rates."""

OVERSIGHT = frozenset({ADMIN, LEADER})
"""Roles that see private rows and fields of every domain."""
