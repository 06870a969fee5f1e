/* towpath
description: "Every order, in the state it is in; those made void are not there"
kind: merge
key: order_id
updated_at: updated_at
delete_when: status = 'void'
sort_by: [placed_at]
columns:
  order_id: bigint
  customer_id: integer
  placed_at: timestamptz
  placed_on: date
  status: varchar
  updated_at: timestamptz
checks:
  - unique(order_id)
  - not_null(placed_on)
  - accepted(status, ['new', 'paid', 'shipped', 'delivered', 'cancelled'])
  - relationship(customer_id, core.customers.customer_id)
tags: [core]
*/
SELECT
  id AS order_id,
  customer_id,
  placed_at,
  (placed_at AT TIME ZONE 'Europe/Amsterdam')::DATE AS placed_on,  -- a day of the shop
  status,
  updated_at
FROM shop.orders
