"""The page of one's jobs and the same as JSON: shown to their owner and to admins, as if absent to others."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from support.databases import copy_of
from support.server import Server, running_server


@pytest.fixture(scope="module")
def server(province: str, database_prefix: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server and a worker beside it, which share a folder of results."""
    folder = tmp_path_factory.mktemp("jobs")
    results = str(folder / "results")
    with (
        copy_of(province, f"{database_prefix}_jobs") as name,
        running_server(name, folder, JOB_RESULTS=results) as running,
    ):
        running.environment["JOB_RESULTS"] = results
        yield running


@pytest.fixture
def operator(server: Server, password: str) -> requests.Session:
    return server.session("operator", password)


def ask(server: Server, session: requests.Session, layer: str = "parcels") -> str:
    """Ask for a check of *layer* and return the job's id."""
    answer = session.post(f"{server.url}/jobs/verify", data={"layer": layer}, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text[:500]
    return answer.headers["Location"].rpartition("/")[2]


def test_a_job_is_asked_for_run_by_a_worker_and_its_file_downloaded(server: Server, operator: Any) -> None:
    job = ask(server, operator)
    assert operator.get(f"{server.url}/api/jobs/{job}", timeout=30).json()["state"] == "waiting"
    assert server.manage("work", "--batch").returncode == 0
    told = operator.get(f"{server.url}/api/jobs/{job}", timeout=30).json()
    assert told["state"] == "done" and told["done"] == told["total"] > 0
    file = operator.get(server.url + told["result"]["href"], timeout=30)
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert len(file.content) == told["result"]["bytes"]
    assert file.content.decode("utf-8-sig").startswith("commune,name,features")
    page = operator.get(f"{server.url}/jobs/{job}", timeout=30, headers={"Accept": "text/html"})
    assert page.status_code == 200 and "đã xong" in page.text
    assert job in operator.get(f"{server.url}/jobs/", timeout=30).text


def test_anothers_job_answers_as_if_it_did_not_exist_except_to_admins(
    server: Server, operator: Any, password: str
) -> None:
    job = ask(server, operator)
    addresses = [f"/jobs/{job}", f"/api/jobs/{job}", f"/jobs/{job}/result"]
    leader, admin = server.session("leader", password), server.session("admin", password)
    assert [leader.get(server.url + address, timeout=30).status_code for address in addresses] == [404] * 3
    assert leader.post(f"{server.url}/api/jobs/{job}/cancel", timeout=30).status_code == 404
    assert leader.get(f"{server.url}/api/jobs/", timeout=30).json() == {"jobs": []}
    assert requests.get(f"{server.url}/api/jobs/{job}", timeout=30).status_code == 401
    assert requests.get(f"{server.url}/jobs/", timeout=30).status_code == 401
    assert [admin.get(server.url + address, timeout=30).status_code for address in addresses] == [200, 200, 404]
    assert admin.post(f"{server.url}/api/jobs/{job}/cancel", timeout=30).status_code == 202


def test_a_job_is_cancelled_and_begun_again_from_its_page(server: Server, operator: Any) -> None:
    job = ask(server, operator)
    assert operator.post(f"{server.url}/jobs/{job}/cancel", timeout=30).status_code == 200
    told = operator.get(f"{server.url}/api/jobs/{job}", timeout=30).json()
    assert told["state"] == "cancelled" and "cancel" not in told["links"]
    again = operator.post(server.url + told["links"]["retry"], timeout=30)
    assert again.status_code == 201
    assert again.json()["retry_of"] == job and again.json()["attempt"] == 2
    assert operator.post(f"{server.url}/api/jobs/{job}/retry", timeout=30).status_code == 409
    assert operator.post(f"{server.url}/api/jobs/{again.json()['id']}/cancel", timeout=30).status_code == 202


def test_cancelling_needs_the_token_of_the_session(server: Server, operator: Any) -> None:
    job = ask(server, operator)
    token = operator.headers.pop("X-CSRFToken")
    assert operator.post(f"{server.url}/api/jobs/{job}/cancel", timeout=30).status_code == 403
    operator.headers["X-CSRFToken"] = token
    assert operator.post(f"{server.url}/api/jobs/{job}/cancel", timeout=30).status_code == 202
    assert operator.get(f"{server.url}/api/jobs/{job}/cancel", timeout=30).status_code == 405


def test_one_job_too_many_is_refused_with_a_word(server: Server, operator: Any) -> None:
    jobs = [ask(server, operator) for _ in range(3)]
    refused = operator.post(f"{server.url}/jobs/verify", data={"layer": "parcels"}, timeout=30)
    assert refused.status_code == 429 and "3" in refused.json()["detail"]
    for job in jobs:
        operator.post(f"{server.url}/api/jobs/{job}/cancel", timeout=30)


def test_a_layer_is_checked_for_those_alone_who_keep_the_service(server: Server, password: str) -> None:
    duty = server.session("duty", password)
    assert duty.post(f"{server.url}/jobs/verify", data={"layer": "parcels"}, timeout=30).status_code == 403
    assert "jobs/verify" not in duty.get(f"{server.url}/jobs/", timeout=30).text
