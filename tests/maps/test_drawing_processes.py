"""The processes that draw: apart from the web process, replaced when they fail, gone when it goes."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connections

from gis.environment import ROOT
from gis.maps.drawing import MapRequest, pool, render
from gis.maps.drawing.pictures import canvas
from gis.maps.drawing.requests import WHITE
from gis.maps.drawing.sketches import text_sketch
from gis.problems import Unavailable
from support.databases import role_urls
from support.pictures import RED, share

MapOf = Callable[..., MapRequest]
ORDER = {**canvas(64, 64, WHITE, "png"), **text_sketch("x", 64, 64)}
PNG = b"\x89PNG"


@pytest.fixture
def small_pool() -> Iterator[Callable[..., pool.Pool]]:
    """`small_pool(size, …)`: a pool that ends with the test."""
    made: list[pool.Pool] = []

    def make(size: int = 1, **limits: Any) -> pool.Pool:
        made.append(pool.Pool(size, **limits))
        return made[-1]

    yield make
    for drawers in made:
        drawers.close()


def drawer_of(drawers: pool.Pool) -> pool.Drawer:
    """The idle process that draws next."""
    found = drawers._idle.queue[-1]
    assert found is not None
    return found


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def test_processes_start_with_the_first_picture_and_stay(small_pool: Callable[..., pool.Pool]) -> None:
    drawers = small_pool(2)
    assert list(drawers._idle.queue) == [None, None]
    drawers.ask(ORDER)
    first = drawer_of(drawers).process.pid
    drawers.ask(ORDER)
    assert drawer_of(drawers).process.pid == first


def test_a_warmed_pool_has_all_its_processes(small_pool: Callable[..., pool.Pool]) -> None:
    drawers = small_pool(2)
    drawers.warm()
    assert len({drawer.process.pid for drawer in drawers._idle.queue if drawer}) == 2


def test_a_process_killed_while_idle_costs_no_picture(small_pool: Callable[..., pool.Pool]) -> None:
    drawers = small_pool()
    drawers.ask(ORDER)
    victim = drawer_of(drawers).process
    victim.kill()
    victim.wait()
    assert drawers.ask(ORDER).startswith(PNG)


def test_a_process_killed_while_drawing_costs_that_picture_only(small_pool: Callable[..., pool.Pool]) -> None:
    drawers = small_pool()
    drawers.ask(ORDER)
    victim = drawer_of(drawers).process
    os.kill(victim.pid, signal.SIGSTOP)
    failures: list[Exception] = []

    def ask() -> None:
        try:
            drawers.ask(ORDER)
        except Unavailable as problem:
            failures.append(problem)

    asking = threading.Thread(target=ask)
    asking.start()
    assert wait_until(drawers._idle.empty)
    victim.kill()
    asking.join(10)
    assert len(failures) == 1
    assert drawers.ask(ORDER).startswith(PNG)


def test_a_process_that_hangs_is_replaced_in_time(small_pool: Callable[..., pool.Pool]) -> None:
    drawers = small_pool(seconds=2)
    drawers.ask(ORDER)
    hung = drawer_of(drawers).process
    os.kill(hung.pid, signal.SIGSTOP)
    with pytest.raises(Unavailable):
        drawers.ask(ORDER)
    assert not is_running(hung.pid)
    assert drawers.ask(ORDER).startswith(PNG)


def test_more_requests_than_may_wait_are_turned_away_at_once(small_pool: Callable[..., pool.Pool]) -> None:
    drawers = small_pool(waiting=0, seconds=5)
    drawers.ask(ORDER)
    os.kill(drawer_of(drawers).process.pid, signal.SIGSTOP)
    stopped = drawer_of(drawers).process.pid
    answers: list[bytes] = []
    asking = threading.Thread(target=lambda: answers.append(drawers.ask(ORDER)))
    asking.start()
    assert wait_until(drawers._idle.empty)
    with pytest.raises(Unavailable):
        drawers.ask(ORDER)
    os.kill(stopped, signal.SIGCONT)
    asking.join(10)
    assert answers[0].startswith(PNG)


def test_a_request_does_not_wait_for_ever_for_a_free_process(small_pool: Callable[..., pool.Pool]) -> None:
    drawers = small_pool(patience=0.05)
    drawers.ask(ORDER)
    busy = drawers._take()
    with pytest.raises(Unavailable):
        drawers.ask(ORDER)
    drawers._put_back(busy)


def test_a_worn_out_process_makes_way_for_a_fresh_one(small_pool: Callable[..., pool.Pool]) -> None:
    drawers = small_pool(renders=2)
    drawers.ask(ORDER)
    first = drawer_of(drawers).process.pid
    drawers.ask(ORDER)
    assert drawer_of(drawers).process.pid != first
    assert not is_running(first)
    assert drawers.ask(ORDER).startswith(PNG)


def test_a_closed_pool_leaves_no_process_and_starts_anew(small_pool: Callable[..., pool.Pool]) -> None:
    drawers = small_pool(2)
    drawers.warm()
    running = [drawer.process.pid for drawer in drawers._idle.queue if drawer]
    drawers.close()
    assert not any(map(is_running, running))
    assert drawers.ask(ORDER).startswith(PNG)


def test_an_answer_that_nobody_waited_for_is_nobody_elses(small_pool: Callable[..., pool.Pool]) -> None:
    drawers = small_pool()
    drawers.ask(ORDER)
    first = drawer_of(drawers)
    with pytest.raises(TypeError):
        drawers.ask({**ORDER, "what": object()})
    assert not is_running(first.process.pid)
    assert drawers.ask(ORDER).startswith(PNG)


def test_threads_share_the_processes(small_pool: Callable[..., pool.Pool]) -> None:
    drawers = small_pool(2)
    answers: list[bytes] = []
    threads = [threading.Thread(target=lambda: answers.append(drawers.ask(ORDER))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(answers) == 12
    assert len(set(answers)) == 1


def test_what_cannot_be_drawn_says_nothing_of_the_inside(
    small_pool: Callable[..., pool.Pool], caplog: pytest.LogCaptureFixture
) -> None:
    drawers = small_pool()
    with pytest.raises(Unavailable) as caught:
        drawers.ask({**ORDER, "sheet": "<Map><Style name='secret'><Rule/></Map>"})
    assert "secret" not in str(caught.value)
    assert drawers.ask(ORDER).startswith(PNG)


def test_a_drawing_process_knows_nothing_of_django_and_holds_no_keys(
    small_pool: Callable[..., pool.Pool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "hush")
    monkeypatch.setenv("PROJ_LIB", "/nowhere")
    drawers = small_pool()
    drawers.warm()
    pid = drawer_of(drawers).process.pid
    inherited = Path(f"/proc/{pid}/environ").read_bytes()
    assert b"hush" not in inherited
    assert b"/nowhere" not in inherited
    assert not {line for line in Path(f"/proc/{pid}/maps").read_text().split() if "/django/" in line}


def test_the_web_process_never_gets_mapniks_environment() -> None:
    assert "mapnik" not in sys.modules
    assert "mapnik" not in os.environ.get("PROJ_LIB", "")
    assert "mapnik" not in os.environ.get("GDAL_DATA", "")


def test_drawing_processes_end_with_their_parent_however_that_ends() -> None:
    program = (
        "import os, sys, django; django.setup();"
        "from gis.maps.drawing.pool import Pool; p = Pool(2); p.warm();"
        "print(*(d.process.pid for d in p._idle.queue), flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    children = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(children) == 2
    assert all(map(is_running, children))
    parent.kill()
    parent.wait()
    assert wait_until(lambda: not any(map(is_running, children)))
    parent.stdout.close()


def test_a_broken_database_connection_is_made_anew_within_the_request(map_of: MapOf) -> None:
    assert share(render(map_of()), RED) == 0.25
    database = str(connections["default"].settings_dict["NAME"])
    connection = psycopg2.connect(role_urls(database)["DATABASE_RENDER_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()",
            [database],
        )
        assert cursor.fetchone()[0] >= 1
    connection.close()
    assert share(render(map_of()), RED) == 0.25


def test_the_render_role_cannot_write_and_cannot_read_accounts(map_of: MapOf) -> None:
    database = str(connections["default"].settings_dict["NAME"])
    for statement in ("UPDATE test_shape SET kind = 'red'", "SELECT password FROM access_user"):
        connection = psycopg2.connect(role_urls(database)["DATABASE_RENDER_URL"])
        with connection.cursor() as cursor, pytest.raises(psycopg2.Error):
            cursor.execute(statement)
        connection.close()
