"""A job's page moves by itself."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from support.databases import copy_of
from support.jobs import worker
from support.server import Server, running_server


@pytest.fixture(scope="module")
def server(province: str, database_prefix: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that shares its folder of results with the worker of the test."""
    folder = tmp_path_factory.mktemp("jobs")
    results = str(folder / "results")
    with (
        copy_of(province, f"{database_prefix}_jobs") as name,
        running_server(name, folder, JOB_RESULTS=results) as running,
    ):
        yield running


def test_the_page_follows_its_job_and_offers_the_file(
    server: Server, visit: Callable[..., Page], password: str
) -> None:
    page = visit("/accounts/login/")
    page.fill("[name=username]", "operator")
    page.fill("[name=password]", password)
    page.click("button.primary")
    page.wait_for_url(f"{server.url}/")
    page.goto(f"{server.url}/jobs/")
    page.select_option("#layer", "parcels")
    page.click(".job-start button")
    page.wait_for_selector('[data-job][data-state="waiting"]')
    with worker(server.database, server.environment["JOB_RESULTS"]):
        page.wait_for_selector('[data-job][data-state="done"]', timeout=60_000)
    with page.expect_download() as download:
        page.click(".job-result a")
    assert download.value.suggested_filename == "parcels-verified.csv"
