{% snapshot base_history %}
{{ config(target_schema='history', unique_key='id', strategy='timestamp', updated_at='seen_at', invalidate_hard_deletes=True) }}
select * from {{ ref('base') }}
{% endsnapshot %}
