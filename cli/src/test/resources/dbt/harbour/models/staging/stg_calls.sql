{{
    config(
        materialized = 'view',
        alias = 'calls'
    )
}}

{# times are local, as the office writes them #}

select
    call_id,
    imo,
    berth_id,
    cast(arrived_at as {{ dbt.type_timestamp() }}) as arrived_at,
    cast(left_at as {{ dbt.type_timestamp() }}) as left_at,
    cast(arrived_at as date) as arrived_on, {# the day counts #}
    lower(status) as status,
    {{ surrogate_key(['imo', 'arrived_at']) }} as visit_key
from {{ source('port', 'calls') }}
where arrived_at >= '{{ var("first_day") }}'
