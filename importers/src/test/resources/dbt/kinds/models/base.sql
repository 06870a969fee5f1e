{{ config(event_time='seen_at') }}
select 1 as id, timestamp '2025-01-01 10:00' as seen_at, 2 as n
