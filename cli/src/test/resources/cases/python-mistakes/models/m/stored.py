# towpath:
#   columns:
#     id: bigint
#     length: interval
def build(t):
    return t.read("raw.orders").to_pandas()
