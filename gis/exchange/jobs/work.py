"""What a function in the background is given: who it works for, and where it tells how far it is."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import IO, TypeVar

from gis.access.viewer import Viewer

T = TypeVar("T")


class Cancelled(Exception):
    """The work is to end now; raised by `Work.progress`. Clean up if you must, and let it through."""


@dataclass(frozen=True)
class Attachment:
    """A result in the job's folder, as it will be offered for download."""

    path: Path
    name: str
    content_type: str


@dataclass
class Work:
    """One run of a job. Only its own thread calls it; a watching thread reads `done` and `total`.

    *viewer* is what the owner may do today; *scratch* is a folder for files, deleted with all it holds at the end.
    """

    viewer: Viewer
    scratch: Path
    done: int = 0
    total: int | None = None
    attachment: Attachment | None = None
    ending: Event = field(default_factory=Event)
    """Set from outside when the work is to end."""

    def progress(self, done: int, total: int | None = None) -> None:
        """Tell how far it is; call it as often as you like, it only notes numbers.

        Raises `Cancelled` when the work is to end.
        """
        if self.ending.is_set():
            raise Cancelled
        self.done = done
        self.total = total if total is not None else self.total

    def told(self, rows: Iterable[T], total: int | None = None) -> Iterator[T]:
        """*rows* one by one, each counted as progress once it has been dealt with."""
        self.progress(self.done, total)
        for row in rows:
            yield row
            self.progress(self.done + 1)

    def attach(self, source: Path | str | IO[bytes], name: str, content_type: str) -> None:
        """Offer a file for download under *name*: a path (copied, moved where it lies in `scratch`) or an open file.

        A second one takes the place of the first.
        """
        target = self.scratch / "result"
        if isinstance(source, str | Path):
            path = Path(source)
            if path.resolve().is_relative_to(self.scratch.resolve()):
                path.replace(target)
            else:
                shutil.copyfile(path, target)
        else:
            with target.open("wb") as sink:
                shutil.copyfileobj(source, sink)
        self.attachment = Attachment(target, name, content_type)
