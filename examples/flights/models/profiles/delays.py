# towpath:
#   description: How late each plane leaves at each hour of the day, and how much of that it brought along
#   columns:
#     tailnum: varchar
#     hour: bigint
#     flights: bigint
#     typical_delay: double
#     usual_range: double
#     inherited_minutes: double
#     recovers: double
#   checks:
#     - not_null(tailnum)
#     - unique(tailnum, hour)
#     - range(hour, 0, 23)
#     - row_count(1, 100000)
#     - range(recovers, -1, 1)
#   tags: [profiles, delays]
"""A plane's day is a chain: what delays one flight delays the next. For each plane and hour this takes the median
delay and the spread around it (quartiles, so that one storm does not count), the delay that the plane's previous flight
of the day handed down (which fades with the hours between), and how the two go together: 1 when the plane never gets rid
of a delay, 0 when each flight starts afresh. In SQL this is a recursion over every plane's day; here it is a loop.
"""

import numpy as np
import pandas as pd

FLIGHTS = 20  # a plane with fewer has no profile
HALF_LIFE = 2.0  # hours after which half of a delay is forgotten, for want of anything better


def build(t):
    flights = t.read(
        "core.flights", columns=["day", "hour", "time_hour", "tailnum", "status", "dep_delay", "arr_delay"]
    ).to_pandas()
    flights = flights[flights["tailnum"].notna() & (flights["status"] == "flown")]
    flights = flights[flights.groupby("tailnum")["day"].transform("size") >= FLIGHTS]
    flights = flights.sort_values(["tailnum", "time_hour"], ignore_index=True)
    flights["inherited"] = inherited(flights)
    grouped = flights.groupby(["tailnum", "hour"])
    delay = grouped["dep_delay"]
    profile = pd.DataFrame(
        {
            "flights": delay.size(),
            "typical_delay": delay.median(),
            "usual_range": delay.quantile(0.75) - delay.quantile(0.25),
            "inherited_minutes": grouped["inherited"].mean().round(1),
        }
    ).reset_index()
    together = flights.groupby("tailnum")[["inherited", "dep_delay"]].apply(correlation)
    profile["recovers"] = profile["tailnum"].map(together).round(3)
    t.log("%d planes, %d rows" % (len(together), len(profile)))
    return profile


def inherited(flights):
    """The delay that the flights before it on that day hand down to each flight, in minutes."""
    day = flights["day"].to_numpy()
    plane = flights["tailnum"].to_numpy()
    hours = flights["hour"].to_numpy()
    arrived = flights["arr_delay"].fillna(0).clip(lower=0).to_numpy(dtype=float)
    handed = np.zeros(len(flights))
    for i in range(1, len(flights)):
        if plane[i] == plane[i - 1] and day[i] == day[i - 1]:
            carried = max(arrived[i - 1], handed[i - 1])
            handed[i] = carried * 0.5 ** ((hours[i] - hours[i - 1]) / HALF_LIFE)
    return handed


def correlation(flights):
    """Of what was handed down with the delay at departure; NULL when one of them never varies."""
    if flights["inherited"].std() == 0 or flights["dep_delay"].std() == 0:
        return np.nan
    return flights["inherited"].corr(flights["dep_delay"])
