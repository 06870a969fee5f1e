select 1 as a, '{{ env_var("REGION", "north") }}' as region, '{{ target.name }}' as target
