{%- set currencies = var('currencies') -%}
{{ config(tags=['money'], contract={'enforced': true}) }}

select
    c.arrived_on,
    {%- for currency in currencies %}
    cast(sum(case when i.currency = '{{ currency }}' then i.amount else 0 end) as decimal(18, 2)) as {{ currency | lower }}
    {%- if not loop.last %},{% endif %}
    {%- endfor %},
    count(*) as invoices
from {{ ref('stg_invoices') }} as i
join {{ ref('stg_calls') }} as c on c.call_id = i.call_id
group by c.arrived_on
