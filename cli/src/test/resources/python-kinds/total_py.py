# towpath:
#   columns: {region: varchar, amount: "decimal(18,2)"}
def build(t):
    orders = t.read("shop.orders", columns=["region", "amount"]).to_pandas()
    return orders.groupby("region", as_index=False).agg(amount=("amount", "sum"))
