"""`rotate_identity_keys`: seal every identity number under the newest key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from gis.access.personal import newest_version
from gis.problems import Unavailable
from land.models import IdentityNumber
from land.rights import identities

BATCH = 500


class Command(BaseCommand):
    help = (
        "Seal every identity number under the newest key of IDENTITY_KEYS; the older ones can go when none is left"
        " under them. Ends with 1 where one cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only count the numbers under each key")

    def handle(self, *args: Any, **options: Any) -> None:
        newest = newest_version()
        if options["check"]:
            for version, count in IdentityNumber.objects.values_list("key_version").annotate(count=Count("pk")):
                self.stdout.write(_("Key %(version)d: %(count)d numbers") % {"version": version, "count": count})
            return
        renewed, last, unreadable = 0, 0, 0
        while True:
            with transaction.atomic():
                waiting = IdentityNumber.objects.exclude(key_version=newest).filter(pk__gt=last).order_by("pk")
                rows = list(waiting.select_for_update(of=("self",)).select_related("party")[:BATCH])
                for row in rows:
                    try:
                        identities.store(row.party, row.kind, identities.opened(row))
                        renewed += 1
                    except Unavailable:
                        unreadable += 1
            if not rows:
                break
            last = rows[-1].pk
        self.stdout.write(_("%(count)d numbers sealed under key %(version)d.") % {"count": renewed, "version": newest})
        if unreadable:
            raise CommandError(_("%d numbers cannot be read with the keys that are set.") % unreadable)
