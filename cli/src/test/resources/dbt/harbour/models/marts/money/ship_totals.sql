{% set columns = namespace(all=[]) %}
{% for unit in ['minute', 'hour'] %}
    {% do columns.all.append("sum(" ~ dbt.datediff('c.arrived_at', 'c.left_at', unit) ~ ") as " ~ unit ~ "s") %}
{% endfor %}

select
    s.imo,
    s.ship,
    s.size_class,
    {{ columns.all | join(',\n    ') }},
    {{ safe_ratio('sum(i.amount)', 'count(distinct c.call_id)') }} as per_call,
    sum(i.amount) * {{ var('fee_percent') }} / 100 as fee,
    max(f.fee) as harbour_fee
from {{ ref('stg_ships') }} as s
left join {{ ref('stg_calls') }} as c on c.imo = s.imo
left join {{ ref('stg_invoices') }} as i on i.call_id = c.call_id
left join {{ ref('fees') }} as f on f.kind = s.kind and s.tons >= f.from_tons
group by 1, 2, 3
