{% macro size_class(column) %}
case
    {%- for limit, name in [(1000, 'small'), (20000, 'medium')] %}
    when {{ column }} < {{ limit }} then '{{ name }}'
    {%- endfor %}
    else 'large'
end
{% endmacro %}

{% macro safe_ratio(numerator, denominator) -%}
    ({{ numerator }}) / nullif({{ denominator }}, 0)
{%- endmacro %}

{% macro union_all(relations, columns) %}
    {%- for relation in relations %}
        select
            '{{ relation.identifier }}' as origin,
            {{ columns }}
        from {{ relation }}
        {% if not loop.last -%} union all {% endif %}
    {%- endfor %}
{% endmacro %}

{% test positive(model, column_name) %}
select * from {{ model }} where {{ column_name }} <= 0
{% endtest %}
