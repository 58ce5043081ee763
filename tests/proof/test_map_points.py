"""How smooth the map stays with 74,377 points: the complaints of a city as places, shifted into China.

Measured: the server's time and the size of the GeoJSON, the time until a headless Chromium without a graphics
card has drawn it, and how long a frame takes while the map is moved and zoomed.
"""

from __future__ import annotations

import csv
import gzip
import os
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from anwei.sites.map.nearby import things_near
from anwei.sites.models import Site
from anwei.standards.geography.points import Point
from tests.kernel.county import TOWN, County, build, county_clerk
from tests.ledgers.test_browser import page_of
from tests.portal.test_browser import address  # noqa: F401  (a web server in this process)
from tests.sites.mapped import draw_towns
from tests.support.chromium import WHY_NOT, chromium, chromium_path

COMPLAINTS = (
    Path(__file__).parents[3] / "shared" / "data" / "chicago" / "sanitation_complaints_2000_2014.csv.gz"
)
pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not COMPLAINTS.exists(), reason=f"{COMPLAINTS.name} is not at hand"),
]
EAST, SOUTH = 207.5, -3.1  # degrees: from Chicago to the middle of the two towns of the tests
SERVER_S, GZIP_BYTES, DRAWN_S, FRAME_MS, NEAR_S = 6.0, 2_500_000, 30.0, 250.0, 3.0
FRAMES = """async () => {
  const frames = [];
  let last = performance.now();
  for (let n = 0; n < 60; n += 1) {
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  return frames;
}"""


def complaints() -> list[Point]:
    """Return the places of all complaints that have one, shifted into China."""
    with gzip.open(COMPLAINTS, "rt", encoding="utf-8", newline="") as file:
        rows = [(row["Longitude"], row["Latitude"]) for row in csv.DictReader(file)]
    return [Point(float(x) + EAST, float(y) + SOUTH) for x, y in rows if x and y]


@pytest.fixture
def county(transactional_db: None) -> County:
    county = build()
    draw_towns()
    categories = ("nine_small", "self_built", "road", "project")
    Site.objects.bulk_create(
        (
            Site(
                code=f"T{n}",
                name=f"场所{n}",
                category=categories[n % len(categories)],
                unit=county.duty.unit,
                territory=TOWN,
                sector="fire",
                longitude=point.longitude,
                latitude=point.latitude,
            )
            for n, point in enumerate(complaints())
        ),
        batch_size=5_000,
    )
    return county


@pytest.fixture
def session(county: County) -> str:
    visitor = Client()
    visitor.force_login(county_clerk())
    return visitor.cookies[settings.SESSION_COOKIE_NAME].value


def told(what: str, figure: float, unit: str) -> None:
    print(f"{what}: {figure:,.1f} {unit} (load {os.getloadavg()[0]:.1f})")


def test_the_server_sends_seventy_four_thousand_points(county: County) -> None:
    clerk = county_clerk()
    client = Client()
    client.force_login(clerk)
    spent, packed = [], b""
    for _turn in range(3):
        began = time.process_time()
        answer = client.get("/map/layers/places.geojson", headers={"Accept-Encoding": "gzip"})
        spent.append(time.process_time() - began)
        packed = answer.content
    document = gzip.decompress(packed)
    assert document.count(b'"Point"') == len(complaints()) > 74_000
    told("server, processor time of the layer", median(spent), "s")
    told("layer, as sent", len(packed) / 1e6, "MB")
    told("layer, unpacked", len(document) / 1e6, "MB")
    same = client.get("/map/layers/places.geojson", headers={"If-None-Match": answer["ETag"]})
    assert same.status_code == 304
    began = time.process_time()
    near = things_near(clerk, Point(-87.65 + EAST, 41.85 + SOUTH), 1_000)
    told(f"radius of 1 km, {len(near)} found", time.process_time() - began, "s")
    assert near and time.process_time() - began < NEAR_S
    assert median(spent) < SERVER_S and len(packed) < GZIP_BYTES


@pytest.fixture
def page(session: str, address: str) -> Iterator[Page]:  # noqa: F811
    if chromium_path() is None:
        pytest.skip(WHY_NOT)
    with chromium() as browser:
        yield page_of(browser, address, session, "desk")


def test_a_browser_draws_and_moves_them(page: Page, address: str) -> None:  # noqa: F811
    page.set_default_timeout(180_000)
    page.goto(f"{address}/map/")
    page.wait_for_selector("[data-map-page][data-drawn=map]")
    began = time.monotonic()
    page.get_by_label("场所", exact=True).check()
    page.wait_for_selector("[data-layer=places][aria-busy=false]")
    drawn = time.monotonic() - began
    told("browser, from the tick to the drawn layer", drawn, "s")
    box = page.locator(".map-canvas").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
    figures = {}
    for what in ("pan", "zoom"):
        page.mouse.move(*middle)
        page.evaluate(f"() => {{ window.framesOfProof = ({FRAMES})(); }}")
        for step in range(20):
            if what == "pan":
                if step == 0:
                    page.mouse.down()
                page.mouse.move(middle[0] + 8 * step, middle[1] + 4 * step)
            else:
                page.mouse.wheel(0, -60)
        page.mouse.up()
        taken = sorted(page.evaluate("window.framesOfProof"))
        figures[what] = median(taken)
        told(f"browser, median frame while one {what}s", median(taken), "ms")
        told(f"browser, 95th percentile of frames while one {what}s", taken[56], "ms")
    assert drawn < DRAWN_S
    assert max(figures.values()) < FRAME_MS
