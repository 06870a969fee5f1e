{# where a variable may stay one #}
select date_trunc('{{ var("grain") }}', d) as m, '{{ var("name") }}_x' as t, {{ var('share') }} * 2 as s
from {{ var('tbl') }}_y
where name = '{{ var("name") }}' and d >= date '{{ var("day") }}' and {{ var('flag') }}
  and cast('{{ var("day") }}' as date) <= d and n < {{ var('limit_to') }} -- up to {{ var('limit_to') }}
  and k in ('{{ var("name") }}', {{ var('other', 5) }})
limit {{ var('limit_to') }}
