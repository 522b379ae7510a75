"""`replay yagi --speed 600`: play a storm and the rescue assets as an exercise, as a feed would tell them."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from disaster.exercises.replay import Replay, Scene, find_storm, one_at_a_time
from gis.problems import Problem

STEP_SECONDS = 0.5


def moment(text: str) -> datetime:
    """A time with its zone."""
    try:
        time_given = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r}: 2024-09-07T06:00Z") from None
    if timezone.is_naive(time_given):
        raise ArgumentTypeError(f"{text!r}: 2024-09-07T06:00Z")
    return time_given


def factor(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 1e6:
        raise ArgumentTypeError(f"{text!r}: 0 … 1000000")
    return speed


class Command(BaseCommand):
    help = "Play a storm again as an exercise, with the rescue assets underway. Ctrl-C ends it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("storm", help="name of a storm that is stored, as yagi")
        parser.add_argument("--speed", type=factor, default=600.0, help="times as fast as it was (default: 600)")
        parser.add_argument("--from", dest="start", type=moment, metavar="TIME", help="begin here, told all before")
        parser.add_argument("--until", type=moment, metavar="TIME", help="end here, in the storm's own time")
        parser.add_argument("--loop", action="store_true", help="begin anew when it ends")
        parser.add_argument("--clear", action="store_true", help="only take the last exercise off the map")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(_("An exercise moves the markers of assets: it is for the demo alone."))
        try:
            with one_at_a_time():
                self.play(options)
        except Problem as problem:
            raise CommandError(str(problem)) from None
        except KeyboardInterrupt:
            self.stdout.write(_("Ended. The exercise stays on the map; --clear takes it off."))

    def play(self, options: dict[str, Any]) -> None:
        storm = find_storm(options["storm"])
        while True:
            run = Replay(storm, options["speed"], start=options["start"], until=options["until"])
            run.begin()
            if options["clear"]:
                return
            self.run(run)
            if not options["loop"]:
                return

    def run(self, run: Replay) -> None:
        told = _("%(storm)s, %(fixes)d fixes at %(speed)g times the speed, %(assets)d assets. Ctrl-C ends it.")
        figures = {
            "storm": run.name.name,
            "fixes": len(run.fixes),
            "speed": run.speed,
            "assets": len(run.actors),
        }
        self.stdout.write(told % figures)
        begun, count = time.monotonic(), 0
        while not run.over:
            scene = run.advance(time.monotonic() - begun)
            count += len(scene.fixes)
            self.tell(scene, f"{count}/{len(run.fixes)}")
            time.sleep(0 if run.over else STEP_SECONDS)

    def tell(self, scene: Scene, place: str) -> None:
        """One line for the newest fix of the scene."""
        if not scene.fixes:
            return
        fix = scene.fixes[-1]
        wind = f"{fix.wind_kt} kt" if fix.wind_kt is not None else "–"
        pressure = f"{fix.pressure_hpa} hPa" if fix.pressure_hpa is not None else "–"
        where = f"{abs(fix.lat):.1f}{'NS'[fix.lat < 0]} {abs(fix.lon):.1f}{'EW'[fix.lon < 0]}"
        when = timezone.localtime(fix.time).strftime("%d/%m/%Y %H:%M")
        self.stdout.write(f"{place:>6}  {when}  {where:<12}  {wind:>7}  {pressure}")
        self.stdout.flush()
