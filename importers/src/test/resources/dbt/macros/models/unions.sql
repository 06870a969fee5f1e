with days as ({{ dbt_utils.date_spine('day', "date '2025-01-01'", "date '2025-02-01'") }})
{{ dbt_utils.union_relations([ref('one'), ref('utils')], source_column_name=none) }}
