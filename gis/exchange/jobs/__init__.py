"""Long work in the background, with progress, cancel and retry.

A kind of work is a function in an app's `background.py`:

    @background("export", repeatable=True)
    def export(work: Work, layer: str) -> str:
        for done, row in enumerate(rows, 1):
            work.progress(done, total)      # raises Cancelled when the owner or the worker wants it to end
        work.attach(path, "parcels.csv", "text/csv")
        return _("12 rows")                 # the last word, shown to the owner

and `start("export", viewer, _("Parcels as CSV"), layer="parcels")` asks for it. `work.viewer` is what the owner
may do when the work runs, not when it was asked for. Arguments are plain JSON.
"""

from gis.exchange.jobs.kinds import background
from gis.exchange.jobs.starting import TooManyJobs, start
from gis.exchange.jobs.work import Cancelled, Work

__all__ = ["Cancelled", "TooManyJobs", "Work", "background", "start"]
