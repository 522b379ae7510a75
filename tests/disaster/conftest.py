"""Storms and assets of the tests."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from disaster.actions.move_asset import move_asset
from disaster.models import RescueAsset
from gis.access.models import User
from gis.access.viewer import SERVICE
from support.disasters import HONG_GAI


@pytest.fixture
def boat(db: None) -> RescueAsset:
    """A boat of team1 in 06685, at Hồng Gai on 1 September 2024."""
    team = User.objects.get(username="team1")
    RescueAsset.objects.create(
        code="TEST-1", name="Xuồng thử", kind="boat", commune_id="06685", crew=4, fuel_percent=70,
        contact="0203 000 111", team=team, source="thử",
    )  # fmt: skip
    moved = move_asset(SERVICE, "TEST-1", lon=HONG_GAI[0], lat=HONG_GAI[1], time=datetime(2024, 9, 1, tzinfo=UTC))
    return moved.asset


@pytest.fixture
def deck(tmp_path: Path) -> Callable[..., Path]:
    """`deck("line", "line")`: a b-deck with these lines."""

    def written(*lines: str, name: str = "bwp771998.dat") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return written
