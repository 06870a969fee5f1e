# towpath:
#   kind: scd2
#   key: id
#   updated_at: ts
#   columns: {id: bigint, amount: "decimal(9,2)", ts: timestamp}
def build(t):
    return t.read("shop.orders").to_polars().select("id", "amount", "ts")
