select {{ var('b') }} as b, '{{ env_var("HOME") }}' as h
