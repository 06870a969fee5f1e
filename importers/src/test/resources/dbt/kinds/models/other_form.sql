{{ config(materialized='incremental') }}
select * from {{ ref('base') }}
{% if is_incremental() %} where id not in (select id from {{ this }}) {% else %} where id > 0 {% endif %}
