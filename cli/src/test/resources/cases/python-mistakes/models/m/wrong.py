# towpath:
#   columns: {id: bigint}
def build(t):
    t.raed("raw.orders")
    t.read()
    t.read("raw.orders", colums=["id"])
    t.read("raw.orders", columns="region")
    return t.params["leest"]
