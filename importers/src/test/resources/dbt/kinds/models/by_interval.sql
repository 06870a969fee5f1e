{{ config(materialized='incremental') }}
select b.id, b.seen_at
from {{ ref('base') }} as b
where b.n > 0
  {% if is_incremental() %}
  and b.seen_at > (select max(seen_at) - interval '3 days' from {{ this }})
  {% endif %}
