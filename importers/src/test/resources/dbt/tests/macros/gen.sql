{% test even(model, column_name, plus=0) %}
select * from {{ model }} where ({{ column_name }} + {{ plus }}) % 2 <> 0
{% endtest %}
