# towpath:
#   kind: append
#   columns: {id: bigint, region: varchar}
def build(t):
    for batch in t.read("shop.orders", columns=["id", "region"]).to_batches():
        yield batch
