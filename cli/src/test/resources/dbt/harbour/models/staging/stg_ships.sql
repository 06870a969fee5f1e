select
    imo,
    {{ dbt.concat(["name", "' ('", "flag", "')'"]) }} as ship,
    kind,
    tons,
    {{ size_class('tons') }} as size_class
from {{ source('port', 'ships') }}
