{# The macros that dbt itself has for every database, in DuckDB's SQL. #}

{% macro type_string() %}{{ return('text') }}{% endmacro %}
{% macro type_timestamp() %}{{ return('timestamp') }}{% endmacro %}
{% macro type_float() %}{{ return('float') }}{% endmacro %}
{% macro type_numeric() %}{{ return('numeric(28,6)') }}{% endmacro %}
{% macro type_bigint() %}{{ return('bigint') }}{% endmacro %}
{% macro type_int() %}{{ return('integer') }}{% endmacro %}
{% macro type_boolean() %}{{ return('boolean') }}{% endmacro %}

{% macro date_trunc(datepart, date) %}{{ return("date_trunc('" ~ datepart ~ "', " ~ date ~ ")") }}{% endmacro %}
{% macro dateadd(datepart, interval, from_date_or_timestamp) %}
  {%- set unit = datepart | lower -%}
  {%- set times = 3 if unit == 'quarter' else 7 if unit == 'week' else 1 -%}
  {%- set unit = 'month' if unit == 'quarter' else 'day' if unit == 'week' else unit -%}
  {%- set amount = 'cast(' ~ interval ~ ' as bigint)' -%}
  {%- if times != 1 %}{% set amount = '(' ~ amount ~ ' * ' ~ times ~ ')' %}{% endif -%}
  {{ return('(' ~ from_date_or_timestamp ~ ' + ' ~ amount ~ ' * interval 1 ' ~ unit ~ ')') }}
{% endmacro %}
{% macro datediff(first_date, second_date, datepart) %}
  {%- if datepart == 'week' -%}
    {%- set later = first_date ~ ' <= ' ~ second_date -%}
    {{ return("(date_diff('day', " ~ first_date ~ "::timestamp, " ~ second_date ~ "::timestamp) // 7 + case when date_part('dow', (" ~ first_date ~ ")::timestamp) <= date_part('dow', (" ~ second_date ~ ")::timestamp) then case when " ~ later ~ " then 0 else -1 end else case when " ~ later ~ " then 1 else 0 end end)") }}
  {%- endif -%}
  {{ return("date_diff('" ~ datepart ~ "', " ~ first_date ~ "::timestamp, " ~ second_date ~ "::timestamp)") }}
{% endmacro %}
{% macro date(year, month, day) %}{{ return("make_date(" ~ year ~ ", " ~ month ~ ", " ~ day ~ ")") }}{% endmacro %}
{% macro last_day(date, datepart) %}
  {{ return("cast(date_trunc('" ~ datepart ~ "', " ~ date ~ ") + interval 1 " ~ datepart ~ " - interval 1 day as date)") }}
{% endmacro %}
{% macro current_timestamp() %}{{ return('now()') }}{% endmacro %}

{% macro concat(fields) %}{{ return(fields | join(' || ')) }}{% endmacro %}
{% macro hash(field) %}{{ return('md5(cast(' ~ field ~ ' as text))') }}{% endmacro %}
{% macro length(expression) %}{{ return('length(' ~ expression ~ ')') }}{% endmacro %}
{% macro position(substring_text, string_text) %}{{ return('position(' ~ substring_text ~ ' in ' ~ string_text ~ ')') }}{% endmacro %}
{% macro replace(field, old_chars, new_chars) %}{{ return('replace(' ~ field ~ ', ' ~ old_chars ~ ', ' ~ new_chars ~ ')') }}{% endmacro %}
{% macro right(string_text, length_expression) %}{{ return('right(' ~ string_text ~ ', ' ~ length_expression ~ ')') }}{% endmacro %}
{% macro split_part(string_text, delimiter_text, part_number) %}{{ return('string_split(' ~ string_text ~ ', ' ~ delimiter_text ~ ')[' ~ part_number ~ ']') }}{% endmacro %}
{% macro string_literal(value) %}{{ return("'" ~ value ~ "'") }}{% endmacro %}
{% macro escape_single_quotes(expression) %}{{ return(expression | replace("'", "''")) }}{% endmacro %}
{% macro listagg(measure, delimiter_text="','", order_by_clause=none, limit_num=none) %}
  {%- set order = ' ' ~ order_by_clause if order_by_clause else '' -%}
  {%- if limit_num -%}
    {{ return('list_aggr((array_agg(' ~ measure ~ order ~ "))[1:" ~ limit_num ~ "], 'string_agg', " ~ delimiter_text ~ ')') }}
  {%- endif -%}
  {{ return('string_agg(' ~ measure ~ ', ' ~ delimiter_text ~ order ~ ')') }}
{% endmacro %}

{% macro cast(field, type) %}{{ return('cast(' ~ field ~ ' as ' ~ type ~ ')') }}{% endmacro %}
{% macro safe_cast(field, type) %}{{ return('try_cast(' ~ field ~ ' as ' ~ type ~ ')') }}{% endmacro %}
{% macro cast_bool_to_text(field) %}{{ return('cast(' ~ field ~ ' as text)') }}{% endmacro %}
{% macro any_value(expression) %}{{ return('arbitrary(' ~ expression ~ ')') }}{% endmacro %}
{% macro bool_or(expression) %}{{ return('bool_or(' ~ expression ~ ')') }}{% endmacro %}
{% macro array_construct(inputs=[], data_type=none) %}{{ return('[' ~ inputs | join(', ') ~ ']') }}{% endmacro %}
{% macro array_append(array, new_element) %}{{ return('list_append(' ~ array ~ ', ' ~ new_element ~ ')') }}{% endmacro %}
{% macro array_concat(array_1, array_2) %}{{ return('list_concat(' ~ array_1 ~ ', ' ~ array_2 ~ ')') }}{% endmacro %}
{% macro except() %}{{ return('except') }}{% endmacro %}
{% macro intersect() %}{{ return('intersect') }}{% endmacro %}
{% macro equals(expr1, expr2) %}{{ return('(' ~ expr1 ~ ' is not distinct from ' ~ expr2 ~ ')') }}{% endmacro %}

{% macro generate_series(upper_bound) %}
select cast(n as double) as generated_number from range(1, {{ upper_bound }} + 1) as series(n)
{% endmacro %}
{% macro date_spine(datepart, start_date, end_date) %}
select {{ start_date }} + n * interval 1 {{ datepart }} as date_{{ datepart }}
from range(date_diff('{{ datepart }}', {{ start_date }}, {{ end_date }})) as spine(n)
{% endmacro %}

{% macro generate_schema_name(custom_schema_name, node) %}{{ return(custom_schema_name or target.schema) }}{% endmacro %}
{% macro generate_alias_name(custom_alias_name=none, node=none) %}{{ return(custom_alias_name or node.name) }}{% endmacro %}
{% macro generate_database_name(custom_database_name=none, node=none) %}{{ return(none) }}{% endmacro %}
