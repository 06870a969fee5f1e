{{ config(severity = 'warn') }}
select i.invoice_id
from {{ ref('stg_invoices') }} as i
left join {{ ref('stg_calls') }} as c using (call_id)
where c.call_id is null and i.issued_on >= '{{ var("first_day") }}'
