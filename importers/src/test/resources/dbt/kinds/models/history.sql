select id, dbt_valid_from from {{ ref('base_history') }} where dbt_valid_to is null
