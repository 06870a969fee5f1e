select
    imo,
    name,
    tons,
    dbt_valid_to is null as is_newest
from {{ ref('ships_history') }}
