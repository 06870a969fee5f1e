/* towpath
description: "Every version of every product: what it cost, and when"
kind: scd2
key: product_id
updated_at: changed_at
deletes: close
columns:
  product_id: integer
  name: varchar
  category: varchar
  price: "decimal(10,2)"
  changed_at: timestamptz
checks:
  - unique(product_id, valid_from)
  - valid_to IS NULL OR valid_to > valid_from
tags: [core]
*/
SELECT * FROM staging.products
