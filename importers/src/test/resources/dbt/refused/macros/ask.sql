{% macro ask() %}
  {% do adapter.get_columns_in_relation(ref('fine')) %}
{% endmacro %}
