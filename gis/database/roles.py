"""The four roles of the database and what each may do.

| role            | may                                                                        |
| --------------- | -------------------------------------------------------------------------- |
| halong_owner    | own the schema, migrate                                                     |
| halong_app      | read and write rows; no TRUNCATE, no DDL, cannot disable a trigger          |
| halong_render   | read what is drawn; read-only session, statement timeout (set on the role)  |
| halong_loader   | COPY in bulk; row guards are replaced by one set-based guard per statement  |
"""

from django.db import connections

OWNER, APP, RENDER, LOADER = "halong_owner", "halong_app", "halong_render", "halong_loader"

PRIVATE_TABLES = (
    "access_", "actions_", "auth_", "axes_", "django_admin_", "django_session", "django_tasks_", "exchange_", "jobs_",
    "land_draft", "land_identity", "land_party", "land_restriction", "land_right", "land_share", "live_", "otp_",
)  # fmt: skip
"""Prefixes of tables that the render role never sees: nothing of them is ever drawn."""

INSERT_ONLY_TABLES = ("actions_record", "access_signinevent")
"""History: the app adds to it and can neither change nor remove a row."""


READ_ONLY_TABLES = ("actions_auditentry", "actions_auditpending", "actions_auditchain", "actions_auditanchor")
"""The audit: triggers write it as the owner."""


def missing_roles(alias: str = "owner") -> list[str]:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT role FROM unnest(%s) AS role WHERE role NOT IN (SELECT rolname FROM pg_roles)",
            [[APP, RENDER, LOADER]],
        )
        return [row[0] for row in cursor.fetchall()]


def grant(alias: str = "owner") -> None:
    """Give each role its rights on everything that stands in the schema; run after each migrate."""
    missing = missing_roles(alias)
    with connections[alias].cursor() as cursor:
        for role in (role for role in (APP, LOADER) if role not in missing):
            cursor.execute(
                f"GRANT USAGE ON SCHEMA public TO {role};"
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};"
                f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {role};"
            )
            for table in INSERT_ONLY_TABLES:
                cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {role}")
            for table in READ_ONLY_TABLES:
                cursor.execute(
                    f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role};"
                    f"REVOKE ALL ON SEQUENCE {table}_id_seq FROM {role}"
                )
        if RENDER not in missing:
            _grant_render(cursor)


def _grant_render(cursor: object) -> None:
    cursor.execute(f"GRANT USAGE ON SCHEMA public TO {RENDER}")  # type: ignore[attr-defined]
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT quote_ident(relname), relname LIKE ANY (%s) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'p', 'm')",
        [[f"{prefix}%" for prefix in PRIVATE_TABLES]],
    )
    for table, private in cursor.fetchall():  # type: ignore[attr-defined]
        verb, side = ("REVOKE ALL", "FROM") if private else ("GRANT SELECT", "TO")
        cursor.execute(f"{verb} ON {table} {side} {RENDER}")  # type: ignore[attr-defined]
