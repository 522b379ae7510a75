"""How far a long piece of work has come: a bar on a terminal, a line now and then elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO, TypeVar

from tqdm import tqdm

T = TypeVar("T")

LINE_EVERY = 10_000
"""Rows between two lines where nobody watches a terminal."""


def shown(rows: Sequence[T], title: str, out: TextIO, *, unit: str = "rows") -> Iterator[T]:
    """*rows* one by one, their count told on *out* as they are taken."""
    if out.isatty():
        yield from tqdm(rows, desc=title, unit=f" {unit}", file=out)
        return
    for done, row in enumerate(rows, 1):
        yield row
        if done % LINE_EVERY == 0:
            print(f"{title}: {done} / {len(rows)} {unit}", file=out, flush=True)


def shown_batches(batches: Iterable[Sequence[T]], total: int, title: str, out: TextIO) -> Iterator[Sequence[T]]:
    """*batches* one by one, their rows told on *out* out of *total* once they are dealt with."""
    if out.isatty():
        with tqdm(total=total, desc=title, unit=" rows", file=out) as bar:
            for batch in batches:
                yield batch
                bar.update(len(batch))
        return
    done = 0
    for batch in batches:
        yield batch
        before, done = done, done + len(batch)
        if before // LINE_EVERY < done // LINE_EVERY:
            print(f"{title}: {done} / {total} rows", file=out, flush=True)
