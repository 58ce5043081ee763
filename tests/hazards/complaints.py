"""A city's complaints of fourteen years as a sheet of the register of records from elsewhere.

The real file stands beside the repository and is never committed (MIT, Chicago/food-inspections-evaluation);
where it is not at hand, a seeded sample of the same shape takes its place.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from anwei.org.models import Territory
from tests.kernel.county import COUNTY

COMPLAINTS = (
    Path(__file__).parents[3] / "shared" / "data" / "chicago" / "sanitation_complaints_2000_2014.csv.gz"
)
SOURCE = "卫生投诉"
WARDS = range(1, 52)  # the file names 50 wards; no ward, or ward 0, is the county's own
HEADER = (
    "原编号",
    "台账来源",
    "登记日期",
    "办结日期",
    "状态",
    "属地",
    "类型",
    "描述",
    "地址",
    "经度",
    "纬度",
)
STATUSES = ("Completed", "Completed - Dup", "Open", "Open - Dup")
Complaint = dict[str, str]


def complaints() -> list[Complaint]:
    """Return the rows of the real file."""
    with gzip.open(COMPLAINTS, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sample(n_rows: int, *, seed: int = 5) -> list[Complaint]:
    """Return rows of the same shape: several of one number, some without a ward, some open, some duplicates."""
    chance = random.Random(seed)
    rows = []
    for n in range(n_rows):
        filed = date(2011, 1, 1) + timedelta(days=chance.randrange(700))
        status = chance.choices(STATUSES, (90, 5, 4, 1))[0]
        closed = filed + timedelta(days=chance.choice((0, 3, 15, 16, 40)))
        rows.append(
            {
                "Service_Request_Number": f"11-{n - n % 7 % 2:08d}",  # some numbers come twice
                "Creation_Date": filed.isoformat(),
                "Completion_Date": closed.isoformat() if status.startswith("Completed") else "",
                "Status": status,
                "Ward": chance.choice(("", "0.0", "1.0", "2.0", "50.0")),
                "Type_of_Service_Request": "Sanitation Code Violation",
                "What_is_the_Nature_of_this_Code_Violation": chance.choice(("Other", "")),
                "Street_Address": f"{n} W 87TH ST",
                "Longitude": "-87.62888077093804",
                "Latitude": "41.736183832801245",
            }
        )
    return rows


def draw_wards() -> None:
    """Register the wards as townships of the county."""
    Territory.objects.bulk_create(
        [Territory(code=ward_code(f"{ward}.0"), name=f"第{ward}选区") for ward in WARDS]
    )


def ward_code(ward: str) -> str:
    """Return the code under which a ward of the file is registered; without one the county's."""
    number = int(float(ward or "0"))
    return f"{COUNTY}{800 + number}" if number else COUNTY


def sheet(rows: Iterable[Complaint]) -> bytes:
    """Return the rows as a CSV in the columns of the register, otherwise as the file has them."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(_line(row) for row in rows)
    return text.getvalue().encode()


def _line(row: Complaint) -> Sequence[str]:
    return (
        row["Service_Request_Number"],
        SOURCE,
        row["Creation_Date"],
        row["Completion_Date"],
        row["Status"],
        ward_code(row["Ward"]),
        row["Type_of_Service_Request"],
        row["What_is_the_Nature_of_this_Code_Violation"],
        row["Street_Address"].strip(),
        row["Longitude"],
        row["Latitude"],
    )


def reckoned(rows: Iterable[Complaint], today: date, limit: int) -> dict[tuple[str, str], list[int]]:
    """Return the closure table by another way: {(month, township): filed, closed, on time, overdue, not counted}."""
    table: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        cell = table.setdefault((row["Creation_Date"][:7], ward_code(row["Ward"])), [0] * 5)
        filed, ended = date.fromisoformat(row["Creation_Date"]), row["Completion_Date"]
        in_time = ((date.fromisoformat(ended) if ended else today) - filed).days <= limit
        if row["Status"].endswith("Dup"):
            cell[4] += 1
        else:
            cell[0] += 1
            cell[1] += bool(ended)
            cell[2] += bool(ended) and in_time
            cell[3] += not in_time
    return table
