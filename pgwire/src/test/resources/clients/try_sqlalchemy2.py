import datetime

import sqlalchemy as sa

from connect import url

for driver in ("psycopg2", "psycopg"):
    engine = sa.create_engine(url(driver))
    inspector = sa.inspect(engine)
    assert {"marts", "staging"} <= set(inspector.get_schema_names())
    assert inspector.get_table_names("marts") == ["daily"]
    assert inspector.get_view_names("marts") == []
    assert inspector.has_table("daily", schema="marts") and not inspector.has_table("nope", schema="marts")
    columns = {c["name"]: str(c["type"]) for c in inspector.get_columns("daily", schema="marts")}
    assert columns["day"] == "DATE" and columns["revenue"] == "NUMERIC(18, 2)" and columns["flights"] == "BIGINT", columns
    for about in ("get_pk_constraint", "get_foreign_keys", "get_indexes", "get_unique_constraints", "get_check_constraints",
                  "get_table_comment", "get_table_options"):
        getattr(inspector, about)("daily", schema="marts")

    metadata = sa.MetaData()
    metadata.reflect(bind=engine, schema="marts")
    daily = metadata.tables["marts.daily"]
    query = (sa.select(daily.c.region, sa.func.count()).where(daily.c.day > datetime.date(2024, 2, 1))
             .group_by(daily.c.region).order_by(daily.c.region))
    with engine.connect() as connection:
        assert connection.execute(query).fetchall() == [("r0", 323), ("r1", 322), ("r2", 323)]
        assert connection.execute(sa.text("SELECT flights FROM marts.daily WHERE region = :r ORDER BY 1 LIMIT 2"), {"r": "r2"}).scalars().all() == [2, 5]
    engine.dispose()
