select * from {{ ref('t') }} where n < 0
