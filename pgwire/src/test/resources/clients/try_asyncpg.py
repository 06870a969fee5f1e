import asyncio
import datetime
import decimal
import io

import asyncpg

from connect import DATABASE, HOST, PASSWORD, PORT, USER

WHO = {"host": HOST, "port": PORT, "user": USER, "password": PASSWORD, "database": DATABASE}


async def main():
    connection = await asyncpg.connect(**WHO)
    row = await connection.fetchrow("SELECT day, flights, region, revenue, list, even FROM marts.daily WHERE flights = $1", 3)
    assert tuple(row) == (datetime.date(2024, 1, 4), 3, "r0", decimal.Decimal("3.75"), [3, None], False), row
    assert await connection.fetchval(
        "SELECT count(*) FROM marts.daily WHERE day >= $1 AND revenue > $2", datetime.date(2024, 1, 5), decimal.Decimal("1.5")) == 996
    assert await connection.fetchval("SELECT count(*) FROM marts.daily WHERE region = any($1::text[])", ["r1", "r2"]) == 666
    assert await connection.fetchval("SELECT $1::int + 1", 4) == 5
    assert (await connection.fetchval("SELECT version()")).startswith("PostgreSQL 16")
    assert connection.get_server_version().major == 16

    async with connection.transaction():
        assert [r[0] async for r in connection.cursor("SELECT flights FROM marts.daily ORDER BY 1", prefetch=100)] == list(range(1000))

    output = io.BytesIO()
    assert await connection.copy_from_query("SELECT day FROM marts.daily ORDER BY day LIMIT 2", output=output) == "COPY 2"
    assert output.getvalue() == b"2024-01-01\n2024-01-02\n"

    try:
        await asyncio.wait_for(connection.fetchval("SELECT count(*) FROM range(100000000) a, range(100000) b"), 0.5)
        raise SystemExit("no timeout")
    except asyncio.TimeoutError:
        assert await connection.fetchval("SELECT 7") == 7
    await connection.close()

    pool = await asyncpg.create_pool(**WHO, min_size=2)
    assert await asyncio.gather(*[pool.fetchval("SELECT $1::int", i) for i in range(20)]) == list(range(20))
    await pool.close()


asyncio.run(asyncio.wait_for(main(), 60))
