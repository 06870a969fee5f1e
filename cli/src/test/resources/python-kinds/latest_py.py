# towpath:
#   kind: merge
#   key: id
#   updated_at: ts
#   columns: {id: bigint, amount: "decimal(9,2)", ts: timestamp}
def build(t):
    orders = t.read("shop.orders", columns=["id", "amount", "ts"]).to_pandas()
    return orders.sort_values("ts").drop_duplicates("id", keep="last")
