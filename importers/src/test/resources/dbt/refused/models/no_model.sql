select * from {{ ref('fien') }}
