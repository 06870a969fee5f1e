select * from {{ source('shop', 'orders') }} join {{ source('raw', 'people') }} using (id)
