with source as (

    {#-
    The raw table is a seed, so that the project needs no warehouse of its own.
    #}
    select * from {{ ref('raw_customers') }}

),

renamed as (

    select
        id as customer_id,
        first_name,
        last_name, -- the family's name
        joined as joined_on,
        coalesce(vip, false) as is_vip

    from source

)

select * from renamed
