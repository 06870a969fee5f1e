with raw as (

    select * from {{ source('port', 'invoices') }}

)

select
    invoice_id,
    call_id,
    currency,
    amount::decimal(18, 2) as amount,
    {% if var('with_dwell') %}
    issued_at,
    {% endif %}
    issued_at::date as issued_on
from raw
where amount > {{ var('min_amount') }}
