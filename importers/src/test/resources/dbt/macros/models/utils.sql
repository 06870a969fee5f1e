select
    {{ dbt_utils.generate_surrogate_key(['a', 'b']) }} as key,
    {{ dbt_utils.safe_divide('a', 'b') }} as ratio,
    {{ dbt_utils.star(ref('one'), except=['a', 'b']) }},
    {{ dbt_utils.pivot('a', ['x', "it's"], agg='max') }},
    {{ dbt.split_part('a', "','", 1) }} as part
from {{ ref('one') }}
{{ dbt_utils.group_by(2) }}
