# towpath:
#   columns: {region: varchar}
def build(t, x):
    name = "raw.orders"
    größe = t.read("raw.orders", columns=["regionn", "amount"]); t.read("orders")
    return t.read(name)
