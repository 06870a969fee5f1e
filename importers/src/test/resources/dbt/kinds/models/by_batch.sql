{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen_at',
          batch_size='hour', begin='2025-01-01', lookback=2) }}
select * from {{ ref('base') }}
