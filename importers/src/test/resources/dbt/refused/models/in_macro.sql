select
  {{ ask() }} as a
