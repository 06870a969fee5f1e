{% test lowercase(model, column_name) %}
    select {{ column_name }} from {{ model }} where {{ column_name }} <> lower({{ column_name }})
{% endtest %}

{% test after_or_at(model, later, earlier) %}
    select {{ later }}, {{ earlier }} from {{ model }} where {{ later }} < {{ earlier }}
{% endtest %}
