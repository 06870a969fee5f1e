{{ config(materialized='view', schema=none) }}
select -invoice_id as invoice_id, currency, amount
from {{ ref('stg_invoices') }}
where issued_on > cast('{{ var("first_day") }}' as date) + interval {{ var('late_minutes') }} day
