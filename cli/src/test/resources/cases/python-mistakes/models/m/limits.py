# towpath:
#   columns: {id: bigint}
#   timeout: 5
#   memory: 0
def build(t):
    return t.read("raw.orders").to_pandas()
