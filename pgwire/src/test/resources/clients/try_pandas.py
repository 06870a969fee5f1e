import pandas as pd
import sqlalchemy as sa

from connect import url

engine = sa.create_engine(url("psycopg2"))
frame = pd.read_sql("SELECT day, flights, region, revenue, even FROM marts.daily ORDER BY flights", engine)
assert len(frame) == 1000 and frame["flights"].sum() == 499500 and frame["even"].dtype == bool
table = pd.read_sql_table("daily", engine, schema="marts")
assert len(table) == 1000 and str(table["day"].dtype).startswith("datetime64")
assert sum(len(part) for part in pd.read_sql("SELECT flights FROM marts.daily", engine, chunksize=300)) == 1000
engine.dispose()
