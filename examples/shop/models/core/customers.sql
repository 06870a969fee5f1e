/* towpath
description: Every version of every customer, those who are gone too
kind: scd2
key: customer_id
updated_at: changed_at
deletes: close
columns:
  customer_id: integer
  name: varchar
  email: varchar
  city: varchar
  changed_at: timestamptz
checks:
  - not_null(city)
  - unique(customer_id, valid_from)
  - valid_to IS NULL OR valid_to > valid_from
tags: [core]
*/
SELECT * FROM staging.customers
