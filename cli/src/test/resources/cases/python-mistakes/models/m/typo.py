# towpath:
#   columns: {id: bigint}
def biuld(t):
    return t.read("raw.orders").to_pandas()
