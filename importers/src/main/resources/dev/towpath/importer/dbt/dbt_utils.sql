{# The macros of the package dbt_utils that need no warehouse, in DuckDB's SQL. #}

{% macro generate_surrogate_key(field_list) %}
  {%- set parts = [] -%}
  {%- for field in field_list -%}
    {%- do parts.append("coalesce(cast(" ~ field ~ " as text), '_dbt_utils_surrogate_key_null_')") -%}
  {%- endfor -%}
  {{ return("md5(" ~ parts | join(" || '-' || ") ~ ")") }}
{% endmacro %}
{% macro surrogate_key(field_list) %}
  {%- set parts = [] -%}
  {%- for field in field_list -%}
    {%- do parts.append("coalesce(cast(" ~ field ~ " as text), '')") -%}
  {%- endfor -%}
  {{ return("md5(" ~ parts | join(" || '-' || ") ~ ")") }}
{% endmacro %}

{% macro star(from, relation_alias=none, except=[], prefix='', suffix='', quote_identifiers=true) %}
  {%- if prefix or suffix -%}
    {{ exceptions.raise_compiler_error('dbt_utils.star with a prefix or suffix needs the columns of the warehouse') }}
  {%- endif -%}
  {%- set star = relation_alias ~ '.*' if relation_alias else '*' -%}
  {{ return(star ~ ' exclude (' ~ except | join(', ') ~ ')' if except else star) }}
{% endmacro %}

{% macro date_spine(datepart, start_date, end_date) %}{{ return(dbt.date_spine(datepart, start_date, end_date)) }}{% endmacro %}
{% macro generate_series(upper_bound) %}{{ return(dbt.generate_series(upper_bound)) }}{% endmacro %}

{% macro pivot(column, values, alias=true, agg='sum', cmp='=', prefix='', suffix='', then_value=1, else_value=0, quote_identifiers=true, distinct=false) %}
  {%- for value in values %}
{{ agg }}({{ 'distinct ' if distinct else '' }}case when {{ column }} {{ cmp }} '{{ dbt.escape_single_quotes(value) }}' then {{ then_value }} else {{ else_value }} end)
  {%- if alias %} as {{ '"' ~ prefix ~ value ~ suffix ~ '"' if quote_identifiers else dbt_utils.slugify(prefix ~ value ~ suffix) }}{% endif -%}
  {{ '' if loop.last else ',' }}
  {%- endfor %}
{% endmacro %}

{% macro union_relations(relations, column_override=none, include=[], exclude=[], source_column_name='_dbt_source_relation', where=none) %}
  {%- if column_override -%}
    {{ exceptions.raise_compiler_error('dbt_utils.union_relations with column_override needs the columns of the warehouse') }}
  {%- endif -%}
  {%- set columns = include | join(', ') if include else '* exclude (' ~ exclude | join(', ') ~ ')' if exclude else '*' -%}
  {%- for relation in relations %}
select {% if source_column_name %}'{{ relation }}' as {{ source_column_name }}, {% endif %}{{ columns }} from {{ relation }}{% if where %} where {{ where }}{% endif %}
{%- if not loop.last %}
union all by name
  {%- endif -%}
  {%- endfor %}
{% endmacro %}

{% macro deduplicate(relation, partition_by, order_by) %}
select * from {{ relation }}
qualify row_number() over (partition by {{ partition_by }} order by {{ order_by }}) = 1
{% endmacro %}

{% macro safe_divide(numerator, denominator) %}{{ return('(' ~ numerator ~ ') / nullif((' ~ denominator ~ '), 0)') }}{% endmacro %}
{% macro safe_add(field_list) %}
  {%- set parts = [] -%}
  {%- for field in field_list %}{% do parts.append('coalesce(' ~ field ~ ', 0)') %}{% endfor -%}
  {{ return(parts | join(' + ')) }}
{% endmacro %}
{% macro safe_subtract(field_list) %}
  {%- set parts = [] -%}
  {%- for field in field_list %}{% do parts.append('coalesce(' ~ field ~ ', 0)') %}{% endfor -%}
  {{ return(parts | join(' - ')) }}
{% endmacro %}
{% macro group_by(n) %}{{ return('group by ' ~ range(1, n + 1) | join(', ')) }}{% endmacro %}
{% macro width_bucket(expr, min_value, max_value, num_buckets) %}
case
  when {{ expr }} < {{ min_value }} then 0
  when {{ expr }} >= {{ max_value }} then {{ num_buckets }} + 1
  else floor(({{ expr }} - {{ min_value }}) / (({{ max_value }} - {{ min_value }})::double / {{ num_buckets }})) + 1
end
{% endmacro %}
{% macro haversine_distance(lat1, lon1, lat2, lon2, unit='mi') %}
2 * 3961 * asin(sqrt(power(sin(radians(({{ lat2 }} - {{ lat1 }}) / 2)), 2) + cos(radians({{ lat1 }})) * cos(radians({{ lat2 }})) * power(sin(radians(({{ lon2 }} - {{ lon1 }}) / 2)), 2))){{ ' * 1.60934' if unit == 'km' else '' }}
{% endmacro %}
{% macro get_url_parameter(field, url_parameter) %}{{ return("nullif(split_part(split_part(" ~ field ~ ", '" ~ url_parameter ~ "=', 2), '&', 1), '')") }}{% endmacro %}
{% macro get_url_host(field) %}{{ return("split_part(split_part(replace(replace(replace(" ~ field ~ ", 'android-app://', ''), 'http://', ''), 'https://', ''), '/', 1), '?', 1)") }}{% endmacro %}
{% macro slugify(string) %}
  {%- set out = namespace(text='') -%}
  {%- for c in string | lower -%}
    {%- if c in 'abcdefghijklmnopqrstuvwxyz0123456789_' %}{% set out.text = out.text ~ c %}{% elif c in ' -' %}{% set out.text = out.text ~ '_' %}{% endif -%}
  {%- endfor -%}
  {{ return('_' ~ out.text if out.text and out.text[0] in '0123456789' else out.text) }}
{% endmacro %}
{% macro pretty_log_format(message) %}{{ return(message) }}{% endmacro %}
{% macro log_info(message) %}{{ return('') }}{% endmacro %}
{% macro current_timestamp() %}{{ return(dbt.current_timestamp()) }}{% endmacro %}
{% macro type_string() %}{{ return(dbt.type_string()) }}{% endmacro %}
{% macro type_timestamp() %}{{ return(dbt.type_timestamp()) }}{% endmacro %}
{% macro type_int() %}{{ return(dbt.type_int()) }}{% endmacro %}
{% macro type_numeric() %}{{ return(dbt.type_numeric()) }}{% endmacro %}
{% macro date_trunc(datepart, date) %}{{ return(dbt.date_trunc(datepart, date)) }}{% endmacro %}
{% macro dateadd(datepart, interval, from_date_or_timestamp) %}{{ return(dbt.dateadd(datepart, interval, from_date_or_timestamp)) }}{% endmacro %}
{% macro datediff(first_date, second_date, datepart) %}{{ return(dbt.datediff(first_date, second_date, datepart)) }}{% endmacro %}
{% macro concat(fields) %}{{ return(dbt.concat(fields)) }}{% endmacro %}
{% macro hash(field) %}{{ return(dbt.hash(field)) }}{% endmacro %}
{% macro split_part(string_text, delimiter_text, part_number) %}{{ return(dbt.split_part(string_text, delimiter_text, part_number)) }}{% endmacro %}
{% macro last_day(date, datepart) %}{{ return(dbt.last_day(date, datepart)) }}{% endmacro %}
{% macro safe_cast(field, type) %}{{ return(dbt.safe_cast(field, type)) }}{% endmacro %}

{# Generic tests: queries that return the bad rows. #}
{% macro test_not_constant(model, column_name) %}
select count(distinct {{ column_name }}) from {{ model }} having count(distinct {{ column_name }}) = 1
{% endmacro %}
{% macro test_at_least_one(model, column_name) %}
select count({{ column_name }}) from {{ model }} having count({{ column_name }}) = 0
{% endmacro %}
{% macro test_not_empty_string(model, column_name, trim_whitespace=true) %}
select * from {{ model }} where {{ 'trim(' ~ column_name ~ ')' if trim_whitespace else column_name }} = ''
{% endmacro %}
{% macro test_not_null_proportion(model, column_name, at_least=1.0, at_most=1.0) %}
select avg(({{ column_name }} is not null)::int) as proportion from {{ model }}
having avg(({{ column_name }} is not null)::int) not between {{ at_least }} and {{ at_most }}
{% endmacro %}
{% macro test_equal_rowcount(model, compare_model) %}
select a.n, b.n as other from (select count(*) as n from {{ model }}) as a, (select count(*) as n from {{ compare_model }}) as b where a.n <> b.n
{% endmacro %}
{% macro test_fewer_rows_than(model, compare_model) %}
select a.n, b.n as other from (select count(*) as n from {{ model }}) as a, (select count(*) as n from {{ compare_model }}) as b where a.n >= b.n
{% endmacro %}
{% macro test_cardinality_equality(model, column_name, to, field) %}
((select {{ column_name }}, count(*) as n from {{ model }} group by 1 except select {{ field }}, count(*) from {{ to }} group by 1)
union all
(select {{ field }}, count(*) from {{ to }} group by 1 except select {{ column_name }}, count(*) from {{ model }} group by 1))
{% endmacro %}
{% macro test_equality(model, compare_model, compare_columns=none) %}
{%- set columns = compare_columns | join(', ') if compare_columns else '*' -%}
((select {{ columns }} from {{ model }} except select {{ columns }} from {{ compare_model }})
union all
(select {{ columns }} from {{ compare_model }} except select {{ columns }} from {{ model }}))
{% endmacro %}
{% macro test_relationships_where(model, column_name, to, field, from_condition='1=1', to_condition='1=1') %}
select t.{{ column_name }} from (select * from {{ model }} where {{ from_condition }}) as t
left join (select * from {{ to }} where {{ to_condition }}) as o on t.{{ column_name }} = o.{{ field }}
where t.{{ column_name }} is not null and o.{{ field }} is null
{% endmacro %}
{% macro test_sequential_values(model, column_name, interval=1, datepart=none) %}
select * from (select {{ column_name }} as value, lag({{ column_name }}) over (order by {{ column_name }}) as before from {{ model }})
where not (value = {{ dbt.dateadd(datepart, interval, 'before') if datepart else 'before + ' ~ interval }})
{% endmacro %}
