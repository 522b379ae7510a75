"""`migrate`, as the owner of the schema, followed by the sql/ files and the grants."""

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate

from gis.database.roles import grant
from gis.database.routing import all_through
from gis.database.sql_files import apply_sql_files


class Command(DjangoMigrate):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> str | None:
        with all_through(options["database"]):
            super().handle(*args, **options)
        if not options.get("plan") and not options.get("check_unapplied"):
            applied = apply_sql_files(options["database"])
            grant(options["database"])
            if options["verbosity"] >= 1:
                self.stdout.write(f"Applied {len(applied)} sql files and the grants of the roles.")
        return None
