select {{ dbt_utils.get_column_values(ref('fine'), 'a') | join(', ') }}
