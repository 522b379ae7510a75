"""The whole fabric is looked over, and what does not fit is named."""

import pytest
from django.core.management import CommandError, call_command

from land.fabric_check import sheets, tears
from land.models import Parcel
from support.fabric import parcel, points


def test_the_demo_province_is_whole(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_fabric", processes=1)
    assert f"{Parcel.objects.current().count()} " in capsys.readouterr().out


def test_a_missing_node_is_found_and_told_once_for_each_parcel_that_it_concerns(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """The node lies half a millimetre off the neighbour's side, which has none there."""
    a, b, c, d = points((0, 0), (20, 0), (20, 7.003), (0, 7.001))
    node = points((9.99, 7.001))[0]
    e, f = points((20, 20), (0, 20))
    parcel("900000000001", [a, b, c, d], sheet=900)
    parcel("900000000002", [d, node, c, e, f], sheet=901)
    found = [tear for _count, torn in tears(sheets()) for tear in torn]
    assert {(tear.sheet, tear.identifier) for tear in found} == {(900, "900000000001"), (901, "900000000002")}
    with pytest.raises(CommandError, match=" 2 "):
        call_command("check_fabric", processes=1)
    assert "06685/900 900000000001" in capsys.readouterr().out
