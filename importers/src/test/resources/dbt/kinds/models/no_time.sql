{{ config(materialized='incremental') }}
select * from {{ ref('base') }}
{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}
