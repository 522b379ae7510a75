"""Long work in the background: asked for, run once, watched, ended, begun again."""

import csv
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import timezone, translation

from gis.access.grants import viewer_of
from gis.access.models import Grant, User
from gis.access.viewer import Viewer
from gis.exchange.jobs import Cancelled, TooManyJobs, Work, background, kinds, start, starting, upkeep
from gis.exchange.jobs.models import Job
from gis.exchange.jobs.tasks import run_job
from gis.problems import Conflict, Forbidden, SignInNeeded
from land.models import Parcel
from mines.models import Concession
from support.jobs import run_waiting, state_of, wait_for

pytestmark = pytest.mark.usefixtures("fresh_database")

Deed = Callable[..., str | None]


@pytest.fixture(autouse=True)
def results(settings: Any, tmp_path: Path) -> Path:
    settings.JOB_RESULTS = tmp_path / "results"
    return tmp_path / "results"


@pytest.fixture
def deed() -> Iterator[Callable[..., None]]:
    """`deed(function, …)`: what work of the kind "deed" does in this test."""

    def declare(function: Deed, **options: Any) -> None:
        background("deed", **options)(function)

    yield declare
    if kinds.find("deed"):
        kinds.unregister("deed")


def account(username: str) -> Viewer:
    return viewer_of(User.objects.get(username=username))


def in_another_thread(deed: Callable[[], object]) -> None:
    """Do *deed* on connections of its own, as another process would."""

    def act() -> None:
        try:
            deed()
        finally:
            connections.close_all()

    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def another_session() -> Any:
    """A connection of its own, as another process has one."""
    other: Any = connections["default"].copy()
    other.inc_thread_sharing()
    return other


def test_work_is_done_for_its_owner_and_its_file_is_kept_for_him(deed: Any, results: Path) -> None:
    def write(work: Work, words: list[str]) -> str:
        for done, _word in enumerate(words, 1):
            work.progress(done, len(words))
        path = work.scratch / "x"
        path.write_text(" ".join(words))
        work.attach(path, "lời.txt", "text/plain")
        return f"for {work.viewer.username}"

    deed(write)
    job = start("deed", account("duty"), "Words", words=["Hạ", "Long"])
    assert state_of(job) == "waiting"
    run_waiting()
    assert state_of(job) == "done"
    assert (job.message, job.done, job.total, job.attempt) == ("for duty", 2, 2, 1)
    assert job.started is not None and job.finished is not None
    assert job.result is not None and job.result.read_text() == "Hạ Long"
    assert (job.result_name, job.result_bytes) == ("lời.txt", len("Hạ Long".encode()))
    assert [path.name for path in results.iterdir()] == [f"{job.pk}.result"], "nothing else is left of the work"


def test_progress_is_seen_while_the_works_own_transaction_is_open(deed: Any) -> None:
    seen: list[int] = []

    def half(work: Work) -> None:
        with transaction.atomic():
            Parcel.objects.filter(pk=0).update(number=1)
            work.progress(50, 100)
            other = another_session()
            with other.cursor() as cursor:

                def told() -> bool:
                    cursor.execute("SELECT done FROM jobs_job WHERE heartbeat IS NOT NULL")
                    return (50,) in cursor.fetchall()

                wait_for(told, 5)
            other.close()
            seen.append(50)

    deed(half)
    job = start("deed", account("duty"), "Half")
    run_waiting()
    assert seen == [50] and state_of(job) == "done"


def test_cancelling_ends_work_between_two_batches_and_leaves_nothing(deed: Any, results: Path) -> None:
    ended: list[type[BaseException]] = []

    def endless(work: Work) -> None:
        work.attach(__file__, "x", "text/plain")
        starting.cancel(Job.objects.get(), account("duty"))
        try:
            while True:
                work.progress(1)
                work.ending.wait(5)
        except Cancelled as cancelled:
            ended.append(type(cancelled))
            raise

    deed(endless)
    job = start("deed", account("duty"), "Endless")
    run_waiting()
    assert ended == [Cancelled]
    assert state_of(job) == "cancelled" and job.result is None
    assert list(results.iterdir()) == []


def test_cancelling_ends_a_query_that_would_take_for_ever(deed: Any) -> None:
    def slow(work: Work) -> None:
        starting.cancel(Job.objects.get(), account("duty"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    deed(slow)
    job = start("deed", account("duty"), "Slow")
    run_waiting()
    assert state_of(job) == "cancelled"
    assert job.seconds is not None and job.seconds < 20


def test_a_waiting_job_is_cancelled_at_once_and_never_run(deed: Any) -> None:
    runs: list[int] = []
    deed(lambda work: runs.append(1))
    job = start("deed", account("duty"), "Not wanted")
    starting.cancel(job, account("duty"))
    assert state_of(job) == "cancelled"
    run_waiting()
    assert runs == [] and state_of(job) == "cancelled"
    with pytest.raises(Conflict):
        starting.cancel(job, account("duty"))


def test_only_its_owner_or_an_admin_ends_a_job_and_only_its_owner_begins_it_again(deed: Any) -> None:
    deed(lambda work: None)
    job = start("deed", account("duty"), "Mine")
    with pytest.raises(Forbidden):
        starting.cancel(job, account("leader"))
    starting.cancel(job, account("admin"))
    assert state_of(job) == "cancelled"
    with pytest.raises(Forbidden):
        starting.retry(job, account("admin"))
    assert starting.retry(job, account("duty")).owner_id == job.owner_id


def test_a_failure_is_told_without_its_inside_and_can_be_tried_again_with_its_history(deed: Any) -> None:
    runs: list[int] = []

    def fail_once(work: Work) -> None:
        runs.append(1)
        if len(runs) == 1:
            raise KeyError("/etc/secret SELECT * FROM land_parcel")

    deed(fail_once)
    job = start("deed", account("duty"), "Fails")
    run_waiting()
    assert state_of(job) == "failed"
    assert job.message and "secret" not in job.message and "SELECT" not in job.message
    second = starting.retry(job, account("duty"))
    with pytest.raises(Conflict):
        starting.retry(job, account("duty"))
    run_waiting()
    assert (state_of(job), state_of(second)) == ("failed", "done")
    assert (second.retry_of, second.attempt) == (job, 2)


def test_a_problem_is_told_in_the_language_of_the_one_who_asked(deed: Any) -> None:
    def refuse(work: Work) -> None:
        raise Forbidden

    deed(refuse)
    with translation.override("en"):
        english = start("deed", account("duty"), "Refused")
    with translation.override("vi"):
        vietnamese = start("deed", account("duty"), "Bị từ chối")
    run_waiting()
    assert state_of(english) == state_of(vietnamese) == "failed"
    assert english.message == "Your roles do not allow this"
    assert vietnamese.message != english.message


def test_a_job_runs_with_the_rights_that_its_owner_has_by_then(deed: Any) -> None:
    grants: list[frozenset[tuple[str, str]]] = []
    deed(lambda work: grants.append(work.viewer.grants))
    duty = account("duty")
    assert duty.grants
    start("deed", duty, "Asked with rights")
    Grant.objects.filter(user_id=duty.user_id).update(valid_to=timezone.localdate())
    run_waiting()
    assert grants == [frozenset()]


def test_roles_that_a_kind_needs_are_asked_for_at_the_start_and_again_when_it_runs(deed: Any) -> None:
    runs: list[int] = []
    deed(lambda work: runs.append(1), roles={"operator"})
    with pytest.raises(SignInNeeded):
        start("deed", Viewer.public(), "Not by the public")
    with pytest.raises(Forbidden):
        start("deed", account("duty"), "Not by him")
    job = start("deed", account("operator"), "By her")
    Grant.objects.filter(user__username="operator").update(valid_from=date(2020, 1, 1), valid_to=date(2020, 1, 2))
    run_waiting()
    assert runs == [] and state_of(job) == "failed"


def test_nothing_is_done_for_an_account_that_was_deactivated(deed: Any) -> None:
    runs: list[int] = []
    deed(lambda work: runs.append(1))
    job = start("deed", account("duty"), "Too late")
    User.objects.filter(username="duty").update(is_active=False)
    run_waiting()
    assert runs == [] and state_of(job) == "failed"
    assert job.message


def test_one_user_has_a_few_jobs_under_way_and_others_are_not_held_up(deed: Any) -> None:
    deed(lambda work: None)
    for number in range(django_settings.JOB_LIMIT):
        start("deed", account("duty"), f"No. {number}")
    with pytest.raises(TooManyJobs) as refusal:
        start("deed", account("duty"), "One too many")
    assert str(django_settings.JOB_LIMIT) in refusal.value.detail
    start("deed", account("leader"), "His first")
    run_waiting()
    start("deed", account("duty"), "Again one")


def test_the_same_job_is_never_run_twice_at_once(deed: Any) -> None:
    runs: list[str] = []

    def nested(work: Work) -> None:
        runs.append("begun")
        in_another_thread(lambda: runs.append(run_job.call(job_id=str(job.pk))))

    deed(nested)
    job = start("deed", account("duty"), "Twice?")
    run_waiting()
    assert runs == ["begun", "not to be run"]
    assert state_of(job) == "done"
    assert run_job.call(job_id=str(job.pk)) == "not to be run", "a job that has ended is over"


def ran_in_a_process_that_died(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(state="running", started=timezone.now(), heartbeat=timezone.now())


def test_a_job_whose_worker_is_gone_is_found_and_offered_for_another_try(deed: Any) -> None:
    deed(lambda work: None)
    job = start("deed", account("duty"), "Died")
    ran_in_a_process_that_died(job)
    assert upkeep.recover() == 1
    assert state_of(job) == "failed" and job.message and job.can_retry
    assert upkeep.recover() == 0


def test_a_repeatable_job_whose_worker_is_gone_is_begun_again_but_not_for_ever(deed: Any) -> None:
    deed(lambda work: None, repeatable=True)
    first = start("deed", account("duty"), "Died")
    ran_in_a_process_that_died(first)
    upkeep.recover()
    second = Job.objects.get(retry_of=first)
    assert (second.state, second.attempt) == ("waiting", 2)
    ran_in_a_process_that_died(second)
    upkeep.recover()
    assert not Job.objects.filter(retry_of=second).exists()
    assert state_of(second) == "failed"


def test_a_living_job_is_left_alone_by_those_who_look_for_dead_ones(deed: Any) -> None:
    found: list[int] = []

    def look(work: Work) -> None:
        in_another_thread(lambda: found.append(upkeep.recover()))

    deed(look, repeatable=True)
    job = start("deed", account("duty"), "Alive")
    run_waiting()
    assert found == [0] and state_of(job) == "done"


def test_a_job_that_fell_out_of_the_queue_is_put_back(deed: Any) -> None:
    runs: list[int] = []
    deed(lambda work: runs.append(1))
    job = start("deed", account("duty"), "Lost")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE django_tasks_database_dbtaskresult SET status = 'RUNNING', started_at = now() - interval '1 h'"
        )
    Job.objects.update(asked=timezone.now() - timedelta(hours=1))
    run_waiting()
    assert runs == []
    upkeep.recover()
    run_waiting()
    assert runs == [1] and state_of(job) == "done"


def test_results_are_deleted_when_their_time_is_over_and_jobs_later(deed: Any, results: Path, capsys: Any) -> None:
    def attach(work: Work) -> None:
        work.attach(__file__, "x.py", "text/x-python")

    deed(attach)
    job = start("deed", account("duty"), "Kept for a while")
    run_waiting()
    (results / "stranger.txt").write_text("not ours")
    call_command("work", "--prune")
    assert "0 results" in capsys.readouterr().out
    Job.objects.update(result_until=timezone.now())
    assert Job.objects.get().result is None, "over is over, deleted or not"
    call_command("work", "--prune")
    assert "1 results" in capsys.readouterr().out
    assert [path.name for path in results.iterdir()] == ["stranger.txt"]
    assert state_of(job) == "done"
    Job.objects.update(finished=timezone.now() - timedelta(days=django_settings.JOB_KEPT_DAYS + 1))
    upkeep.prune()
    assert not Job.objects.exists()


def test_the_check_of_a_layer_counts_every_feature_by_commune(results: Path) -> None:
    job = start("verify_layer", account("operator"), "Check", layer="parcels")
    run_waiting()
    assert state_of(job) == "done", job.message
    assert job.result is not None
    with job.result.open(encoding="utf-8-sig") as file:
        lines = list(csv.DictReader(file))
    public = Parcel.objects.current().exclude(land_use_id__in=("CQP", "CAN"))
    assert job.done == job.total == sum(int(line["features"]) for line in lines) == public.count()
    assert all(line["name"] and line["invalid"] == "0" for line in lines)
    assert {line["commune"] for line in lines} == set(public.values_list("commune_id", flat=True))


def test_the_check_names_features_that_have_no_place(results: Path) -> None:
    concession = Concession.objects.order_by("pk")[0]
    concession.corners.all().delete()
    job = start("verify_layer", account("operator"), "Check", layer="mining_concessions")
    run_waiting()
    assert state_of(job) == "done" and job.result is not None
    with job.result.open(encoding="utf-8-sig") as file:
        faulty = [line for line in csv.DictReader(file) if line["without_geometry"] != "0"]
    assert [(line["commune"], line["examples"]) for line in faulty] == [
        (concession.commune_id, concession.licence_number)
    ]


def test_the_check_of_a_layer_is_for_those_who_keep_the_service() -> None:
    with pytest.raises(Forbidden):
        start("verify_layer", account("duty"), "Check", layer="parcels")
