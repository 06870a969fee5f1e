"""Makes the projects that the measurements run on, for Towpath and for dbt, from one description."""

import pathlib
import re
import shutil

TABLES = ["region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem"]


def models(count: int):
    """`count` models: ten sources, staging over them, then layers that each read two models below."""
    names = []
    for i in range(count):
        if i < count // 10:
            name = ("staging", f"s{i:05d}")
            sql = (
                f"SELECT id, customer_id, amount * {i % 7 + 1} AS amount, ordered_at, region\n"
                f"FROM {{raw{i % 10}}}\nWHERE amount > {i % 100}"
            )
            reads = [f"raw{i % 10}"]
        else:
            left = names[(i * 7919) % max(1, i - 1)]
            right = names[(i * 104729 + 13) % max(1, i - 1)]
            if left == right:
                right = names[((i * 104729 + 13) % max(1, i - 1) + 1) % len(names)]
            name = ("core" if i % 2 else "marts", f"m{i:05d}")
            sql = (
                "WITH recent AS (\n"
                f"  SELECT id, customer_id, amount, ordered_at, region FROM {{{left[1]}}} WHERE amount > {i % 50}\n"
                "), totals AS (\n"
                "  SELECT customer_id, sum(amount) AS total, count(*) AS orders\n"
                f"  FROM {{{right[1]}}} GROUP BY customer_id\n"
                ")\n"
                "SELECT r.id, r.customer_id, (r.amount + coalesce(t.total, 0))::DOUBLE AS amount, r.ordered_at,\n"
                "  CASE WHEN t.orders > 10 THEN 'many' ELSE r.region END AS region\n"
                "FROM recent r LEFT JOIN totals t ON t.customer_id = r.customer_id"
            )
            reads = [left[1], right[1]]
        names.append(name)
        yield name[0], name[1], sql, reads


COLUMNS = {
    "id": "BIGINT",
    "customer_id": "BIGINT",
    "amount": "DOUBLE",
    "ordered_at": "TIMESTAMP",
    "region": "VARCHAR",
}


def towpath_project(root: pathlib.Path, count: int):
    """A Towpath project; every model has a description and two checks."""
    shutil.rmtree(root, ignore_errors=True)
    (root / "sources").mkdir(parents=True)
    (root / "data").mkdir()
    (root / "towpath.yml").write_text("project: generated\n")
    tables = "".join(
        f"  raw{i}: {{path: data/raw{i}.csv, columns: {{id: bigint, customer_id: bigint, amount: double, "
        "ordered_at: timestamp, region: varchar}}\n"
        for i in range(10)
    )
    (root / "sources" / "raw.yml").write_text("type: files\nschema: raw\ntables:\n" + tables)
    for i in range(10):
        (root / "data" / f"raw{i}.csv").write_text(
            "id,customer_id,amount,ordered_at,region\n1,1,150.5,2026-01-01 00:00:00,north\n"
        )
    where = {f"raw{i}": f"raw.raw{i}" for i in range(10)}
    for schema, name, sql, reads in models(count):
        where[name] = f"{schema}.{name}"
        for read in reads:
            sql = sql.replace("{" + read + "}", where[read])
        folder = root / "models" / schema
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.sql").write_text(
            f"/* towpath\ndescription: Model {name}\nchecks: [not_null(id), unique(id)]\ntags: [generated]\n*/\n{sql}\n"
        )


def dbt_project(root: pathlib.Path, count: int):
    """The same project for dbt-duckdb, with the same checks as generic tests."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    (root / "dbt_project.yml").write_text(
        "name: generated\nversion: '1.0'\nprofile: generated\nmodel-paths: [models]\n"
        "models:\n  generated:\n    +materialized: table\n"
    )
    (root / "profiles.yml").write_text(
        "generated:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: 'dev.duckdb', threads: 2}\n"
    )
    folders = {}
    for schema, name, sql, reads in models(count):
        for read in reads:
            call = f"source('raw', '{read}')" if read.startswith("raw") else f"ref('{read}')"
            sql = sql.replace("{" + read + "}", "{{ " + call + " }}")
        folder = root / "models" / schema
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.sql").write_text(sql + "\n")
        folders.setdefault(folder, []).append(name)
    for folder, names in folders.items():
        for start in range(0, len(names), 100):
            entries = "".join(
                f"  - name: {n}\n    description: Model {n}\n    config: {{tags: [generated]}}\n"
                "    columns:\n      - name: id\n        data_tests: [not_null, unique]\n"
                for n in names[start : start + 100]
            )
            (folder / f"schema{start:05d}.yml").write_text("version: 2\nmodels:\n" + entries)
    tables = "".join(f"      - name: raw{i}\n" for i in range(10))
    (root / "models" / "sources.yml").write_text(
        "version: 2\nsources:\n  - name: raw\n    tables:\n" + tables
    )


def tpch_towpath(root: pathlib.Path, data: pathlib.Path, queries: pathlib.Path, memory: str = ""):
    """Eight Parquet files and 22 queries for Towpath, with a limit on DuckDB's memory when one is given."""
    shutil.rmtree(root, ignore_errors=True)
    (root / "sources").mkdir(parents=True)
    limit = f"environments: {{dev: {{memory: {memory}}}}}\n" if memory else ""
    (root / "towpath.yml").write_text("project: tpch\n" + limit)
    shutil.copytree(queries, root / "models" / "queries")
    lines = "".join(f'  {t}: {{path: "{data / (t + ".parquet")}"}}\n' for t in TABLES)
    (root / "sources" / "tpch.yml").write_text("type: files\nschema: tpch\ntables:\n" + lines)


def tpch_dbt(root: pathlib.Path, data: pathlib.Path, queries: pathlib.Path):
    """The same for dbt-duckdb: eight models over read_parquet, 22 over those."""
    shutil.rmtree(root, ignore_errors=True)
    (root / "models").mkdir(parents=True)
    (root / "dbt_project.yml").write_text(
        "name: tpch\nversion: '1.0'\nprofile: tpch\nmodel-paths: [models]\n"
        "models:\n  tpch:\n    +materialized: table\n"
    )
    (root / "profiles.yml").write_text(
        "tpch:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: 'dev.duckdb'\n"
        "      threads: 2\n      settings: {threads: 2}\n"
    )
    for table in TABLES:
        (root / "models" / f"{table}.sql").write_text(
            f"SELECT * FROM read_parquet('{data / (table + '.parquet')}')\n"
        )
    for query in sorted(queries.glob("*.sql")):
        text = re.sub(r"\btpch\.(\w+)", r"{{ ref('\1') }}", query.read_text())
        (root / "models" / query.name).write_text(text)
