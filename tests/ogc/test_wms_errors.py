"""Wrong requests are answered in the client's form, with the standard's code and nothing of the inside."""

import struct
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from support.pictures import colour_at, is_blank, pixels

Ask = Callable[..., Any]
OGC = "{http://www.opengis.net/ogc}"

WRONG = [
    ({"version": None}, "MissingParameterValue", "version"),
    ({"version": "1.2.0"}, "InvalidParameterValue", "version"),
    ({"service": "WFS"}, "InvalidParameterValue", "service"),
    ({"request": None}, "MissingParameterValue", "request"),
    ({"request": "GetFeatureInfo"}, "OperationNotSupported", "request"),
    ({"layers": None}, "MissingParameterValue", "layers"),
    ({"layers": "nope"}, "LayerNotDefined", "layers"),
    ({"layers": "test_shapes,nope"}, "LayerNotDefined", "layers"),
    ({"layers": ","}, "LayerNotDefined", "layers"),
    ({"layers": ",".join(["test_shapes"] * 21)}, "InvalidParameterValue", "layers"),
    ({"styles": None}, "MissingParameterValue", "styles"),
    ({"styles": "nope"}, "StyleNotDefined", "styles"),
    ({"styles": "kinds,kinds"}, "InvalidParameterValue", "styles"),
    ({"crs": None}, "MissingParameterValue", "crs"),
    ({"crs": "EPSG:2154"}, "InvalidCRS", "crs"),
    ({"crs": "AUTO2:42001,1,107,21"}, "InvalidCRS", "crs"),
    ({"crs": "+proj=longlat"}, "InvalidCRS", "crs"),
    ({"bbox": None}, "MissingParameterValue", "bbox"),
    ({"bbox": "1,2,3"}, "InvalidParameterValue", "bbox"),
    ({"bbox": "1,2,3,4,5"}, "InvalidParameterValue", "bbox"),
    ({"bbox": "0,0,0,1"}, "InvalidParameterValue", "bbox"),
    ({"bbox": "0,1,1,0"}, "InvalidParameterValue", "bbox"),
    ({"bbox": "0,0,nan,1"}, "InvalidParameterValue", "bbox"),
    ({"bbox": "0,0,inf,1"}, "InvalidParameterValue", "bbox"),
    ({"bbox": "0,0,1e400,1"}, "InvalidParameterValue", "bbox"),
    ({"bbox": "0,0,1_0,1"}, "InvalidParameterValue", "bbox"),
    ({"bbox": "0,0,٣,1"}, "InvalidParameterValue", "bbox"),
    ({"width": None}, "MissingParameterValue", "width"),
    ({"width": "0"}, "InvalidParameterValue", "width"),
    ({"width": "-5"}, "InvalidParameterValue", "width"),
    ({"width": "4097"}, "InvalidParameterValue", "width"),
    ({"height": "99999999999999999999"}, "InvalidParameterValue", "height"),
    ({"height": "2e2"}, "InvalidParameterValue", "height"),
    ({"format": None}, "MissingParameterValue", "format"),
    ({"format": "image/gif"}, "InvalidFormat", "format"),
    ({"bgcolor": "red"}, "InvalidParameterValue", "bgcolor"),
    ({"bgcolor": "0xFFF"}, "InvalidParameterValue", "bgcolor"),
    ({"transparent": "maybe"}, "InvalidParameterValue", "transparent"),
    ({"dpi": "0"}, "InvalidParameterValue", "dpi"),
    ({"sld": "http://127.0.0.1:1/style.sld"}, "OperationNotSupported", "sld"),
    (
        {"sld_body": "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>"},
        "OperationNotSupported",
        "sld_body",
    ),
]


def exception(answer: Any) -> ElementTree.Element:
    """The one ServiceException of a 1.3.0 report."""
    report = ElementTree.fromstring(answer.content)
    assert (report.tag, report.attrib["version"]) == (f"{OGC}ServiceExceptionReport", "1.3.0")
    (found,) = report
    assert found.tag == f"{OGC}ServiceException"
    return found


@pytest.mark.parametrize(("changes", "code", "locator"), WRONG)
def test_a_wrong_parameter_is_named_with_the_code_of_the_standard(
    get_map: Ask, changes: dict[str, Any], code: str, locator: str
) -> None:
    answer = get_map(**changes)
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/xml; charset=utf-8")
    found = exception(answer)
    assert (found.attrib["code"], found.attrib["locator"]) == (code, locator)
    assert found.text
    assert answer["Cache-Control"] == "no-store"


def test_version_1_1_1_has_its_own_form_and_its_own_codes(get_map: Ask) -> None:
    answer = get_map(version="1.1.1", crs=None, srs="EPSG:2154")
    assert answer["Content-Type"] == "application/vnd.ogc.se_xml"
    assert b"<!DOCTYPE ServiceExceptionReport SYSTEM" in answer.content
    report = ElementTree.fromstring(answer.content)
    assert (report.tag, report.attrib["version"]) == ("ServiceExceptionReport", "1.1.1")
    assert report[0].attrib["code"] == "InvalidSRS"
    assert ElementTree.fromstring(get_map(version="1.1.1").content)[0].attrib["locator"] == "srs"
    assert b"InvalidSRS" in get_map(version="1.1.1", srs="CRS:84").content


@pytest.mark.parametrize("manner", ["INIMAGE", "application/vnd.ogc.se_inimage"])
def test_an_error_can_be_written_into_the_picture(get_map: Ask, manner: str) -> None:
    answer = get_map(layers="nope", exceptions=manner, width=320, height=80, bgcolor="0x000080")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert pixels(answer.content).shape[:2] == (80, 320)
    assert colour_at(answer.content, 0, 0) == (0, 0, 128)
    assert not is_blank(answer.content)


@pytest.mark.parametrize("manner", ["BLANK", "application/vnd.ogc.se_blank"])
def test_an_error_can_be_a_blank_picture(get_map: Ask, manner: str) -> None:
    answer = get_map(layers="nope", exceptions=manner, bgcolor="0x000080", format="image/jpeg")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert is_blank(answer.content)
    assert colour_at(answer.content, 0, 0)[2] > 120
    clear = get_map(layers="nope", exceptions=manner, transparent="TRUE")
    assert pixels(clear.content)[..., 3].max() == 0


def test_an_error_is_xml_where_no_picture_can_be_made_of_it(get_map: Ask) -> None:
    for changes in ({"width": "x"}, {"format": "image/gif"}, {"height": "10000"}):
        assert exception(get_map(exceptions="INIMAGE", **changes)).attrib["code"]
    assert exception(get_map(exceptions="something else", layers="nope")).attrib["code"] == "LayerNotDefined"


MARKUP = "\"'><script>alert(1)</script>&amp;]]>"


@pytest.mark.parametrize(
    "name",
    ["service", "version", "request", "layers", "styles", "crs", "bbox", "width", "height", "format",
     "bgcolor", "transparent", "exceptions", "dpi", "sld", "sld_body", "wmtver"],
)  # fmt: skip
def test_markup_and_sql_in_any_parameter_stay_text(get_map: Ask, name: str) -> None:
    for value in (
        MARKUP,
        "x' OR 1=1; DROP TABLE test_shape; --",
        "!bbox!",
        "!@areas!",
        "\\' || pg_sleep(9)",
        "%00",
    ):
        answer = get_map(**{name: value})
        assert answer.status_code in (200, 400)
        if answer["Content-Type"].startswith("text/xml"):
            report = exception(answer)
            assert not list(report)
            for inside in ("SELECT", "psycopg", "Traceback", "/gis/", "mapnik"):
                assert inside not in (report.text or "")
    assert get_map().status_code == 200


@pytest.mark.parametrize("name", ["layers", "version", "request", "bbox", "styles"])
def test_control_characters_are_refused_in_every_parameter(get_map: Ask, name: str) -> None:
    answer = get_map(**{name: "a\x00b\x0b"})
    assert answer.status_code == 400
    assert exception(answer).attrib["code"] == "InvalidParameterValue"


def test_only_get_is_offered(client: Client, db: None) -> None:
    answer = client.post("/wms", data="<GetMap/>", content_type="text/xml")
    assert answer.status_code == 405
    assert exception(answer).attrib["code"] == "OperationNotSupported"


def test_a_request_for_nothing_says_what_there_is(wms: Ask) -> None:
    assert exception(wms()).attrib["locator"] == "request"


def test_a_picture_of_the_largest_size_is_drawn(get_map: Ask) -> None:
    picture = get_map(width=4096, height=4096, format="image/png; mode=8bit").content
    assert struct.unpack(">II", picture[16:24]) == (4096, 4096)
