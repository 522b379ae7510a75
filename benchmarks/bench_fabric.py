"""What an edit of the fabric costs while others edit other sheets: preview and commit of a split, and the whole check.

    .venv/bin/python -m benchmarks.bench_fabric [EDITORS [SPLITS]]

Works in the database that `DATABASE_URL` names, which has the demo province, and undoes nothing: use one of your own.
"""

import os
import random
import statistics
import sys
import threading
import time
from datetime import date

from django.db import connection
from django.utils import timezone

from gis.access.grants import viewer_of
from gis.access.models import Grant, User
from gis.problems import Problem
from land.actions.carry_out import carry_out
from land.codes import LAND_APPROVER, LAND_OFFICER
from land.fabric_check import sheets, tears
from land.models import Parcel, SourceDocument
from land.operations.kinds import read_operation
from land.operations.preview import preview

THINKING_S = 2.0
"""Between two edits of an editor, on average: nobody draws faster."""


def main() -> None:
    given = [int(text) for text in sys.argv[1:3]]
    editors, splits = (given + [8, 40][len(given) :])[:2]
    print(f"{Parcel.objects.current().count()} parcels, {editors} editors on different sheets, {splits} splits each")
    officer, approver = account("bench.officer", LAND_OFFICER), account("bench.approver", LAND_APPROVER)
    times: dict[str, list[float]] = {"preview": [], "commit": []}
    work = random.Random(1).sample(sheets(), editors)
    threads = [threading.Thread(target=edit, args=(sheet, splits, officer, approver, times)) for sheet in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for what, seconds in times.items():
        seconds.sort()
        p95 = seconds[int(len(seconds) * 0.95)]
        print(f"{what}: median {statistics.median(seconds) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, of {len(seconds)}")
    began = time.monotonic()
    results = list(tears(sheets(), os.cpu_count() or 1))
    torn = sum(len(found) for _count, found in results)
    print(f"whole fabric: {sum(count for count, _ in results)} parcels, {torn} torn, {time.monotonic() - began:.1f} s")


def account(name: str, role: str) -> User:
    user, made = User.objects.get_or_create(username=name)
    if made:
        Grant.objects.create(user=user, role=role, valid_from=date(2025, 7, 1))
    return user


def edit(
    sheet: tuple[str, int, float, float, float, float],
    splits: int,
    officer: User,
    approver: User,
    times: dict[str, list[float]],
) -> None:
    """Split the largest parcels of *sheet* in two, one after another, as an approver lets drafts in."""
    viewer = viewer_of(approver)
    document, _made = SourceDocument.objects.get_or_create(
        kind="survey", number="bench", issued_on=date(2025, 8, 1), issuer="bench"
    )
    for _ in range(splits):
        time.sleep(random.uniform(0, 2 * THINKING_S))
        rows = Parcel.objects.current().filter(commune_id=sheet[0], sheet=sheet[1]).order_by("-area_m2")
        parcel = rows[random.randrange(min(20, rows.count()))]
        side = parcel.ring[:2]
        operation = {"op": "split_equally", "parcel": parcel.identifier, "side": side, "parts": 2}
        began = time.monotonic()
        seen = preview(viewer, read_operation(operation), operation)
        times["preview"].append(time.monotonic() - began)
        if not seen.possible:
            continue
        began = time.monotonic()
        try:
            carry_out(
                viewer,
                operation,
                preview_hash=seen.hash,
                document=document,
                effective_on=timezone.localdate(),
                officer=officer,
            )
        except Problem as problem:
            print(problem)
            continue
        times["commit"].append(time.monotonic() - began)
    connection.close()


if __name__ == "__main__":
    main()
