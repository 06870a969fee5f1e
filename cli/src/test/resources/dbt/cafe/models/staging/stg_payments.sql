select
    id as payment_id,
    order_id,
    payment_method,

    -- amount is stored in cents, convert it to euros
    {{ cents_to_euros('amount') }} as amount

from {{ ref('raw_payments') }}
