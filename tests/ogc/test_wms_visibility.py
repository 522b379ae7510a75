"""The province's own layers on pictures: what is kept from the public is not drawn for it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
from django.test import Client

from gis.access.models import Grant, User
from gis.layers import registry
from gis.places.models import Commune
from support.pictures import WHITE, colour_at, pixels

Ask = Callable[..., Any]


def picture_of(wms: Ask, layer: str, srid: int, box: tuple[float, ...]) -> bytes:
    answer = wms(
        version="1.1.1", request="GetMap", layers=layer, styles="", srs=f"EPSG:{srid}", format="image/png",
        bbox=",".join(map(repr, box)), width=201, height=201,
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    return bytes(answer.content)


def officer_of(commune: str) -> User:
    """Somebody who may see all parcels of one commune."""
    role = min(registry.declared()["parcels"].private_roles)
    officer = User.objects.create_user(f"officer.{commune}")
    Grant.objects.create(user=officer, role=role, commune_id=commune, valid_from=date(2020, 1, 1))
    return officer


def test_defence_land_is_drawn_for_its_officer_only(wms: Ask, client: Client, db: None) -> None:
    parcels = registry.declared()["parcels"].model._default_manager
    parcel: Any = parcels.filter(land_use_id__in=("CQP", "CAN"), valid_to=None, recorded_to=None).first()
    assert parcel is not None, "the province has defence or security land"
    other = Commune.objects.exclude(code=parcel.commune_id).values_list("code", flat=True)[0]
    x, y = parcel.geom.point_on_surface.coords
    around = (x - 2, y - 2, x + 2, y + 2)

    def colour() -> tuple[int, ...]:
        return colour_at(picture_of(wms, "parcels", 5899, around), 100, 100)

    assert colour() == WHITE
    client.force_login(officer_of(other))
    assert colour() == WHITE
    client.force_login(officer_of(parcel.commune_id))
    assert colour() != WHITE


def test_the_public_sees_assets_on_a_grid_and_duty_where_they_are(wms: Ask, client: Client, db: None) -> None:
    asset = registry.declared()["rescue_assets"].model._default_manager.exclude(position=None).first()
    x, y = asset.position.coords
    around = (x - 1e-4, y - 1e-4, x + 1e-4, y + 1e-4)
    in_public = pixels(picture_of(wms, "rescue_assets", 4326, around))
    client.force_login(User.objects.get(username="duty"))
    on_duty = picture_of(wms, "rescue_assets", 4326, around)
    assert colour_at(on_duty, 100, 100) != WHITE
    assert not np.array_equal(in_public, pixels(on_duty))
