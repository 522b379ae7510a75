"""The administration in a browser: records on a map of our own, in both languages, and nothing from elsewhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from support.accessibility import assert_accessible
from support.server import Server

SHOWN_PIXELS = """() => {
  const canvas = document.querySelector('.admin-map-canvas canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4) if (data[i + 3] && data[i + 1] > data[i] + 20) count += 1;
  return count;
}"""
"""How many pixels are greenish, as what a record's shape is filled with."""


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", ("Giấy phép", "không phải ranh giới pháp lý")), ("en", ("Licence", "not a legal boundary"))],
)
def test_a_record_is_shown_on_a_map_and_moved_by_a_click(
    server: Server, visit: Callable[..., Page], password: str, language: str, words: tuple[str, str]
) -> None:
    page = visit("/accounts/login/?next=/admin/mines/concession/", language=language)
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", password)
    page.click("button.primary")
    page.click("#result_list tbody th a")
    page.wait_for_selector(".admin-map-canvas[data-drawn='1']")
    assert page.evaluate(SHOWN_PIXELS) > 500
    shown = page.inner_text("#content").lower()
    assert all(word.lower() in shown for word in words)
    assert_accessible(page)
    asset = server.sql("SELECT id FROM disaster_rescueasset WHERE position IS NOT NULL ORDER BY id LIMIT 1")[0][0]
    server.sql(
        "INSERT INTO access_grant (user_id, role, valid_from) SELECT id, 'duty_officer', '2025-07-01'"
        " FROM access_user WHERE username = 'admin' ON CONFLICT DO NOTHING"
    )
    page.goto(f"{server.url}/admin/disaster/rescueasset/{asset}/do/move/")
    page.wait_for_selector(".admin-map-canvas[data-drawn='1']")
    before = page.input_value("[name=position_lon]")
    page.click(".admin-map-canvas", position={"x": 240, "y": 90})
    page.wait_for_function("before => document.querySelector('[name=position_lon]').value !== before", arg=before)
    after = page.input_value("[name=position_lon]")
    page.click("input[type=submit]")
    page.wait_for_selector(".messagelist")
    stored = server.sql("SELECT ST_X(position) FROM disaster_rescueasset WHERE id = %s", [asset])[0][0]
    assert stored == pytest.approx(float(after.replace(",", ".")), abs=1e-6)
