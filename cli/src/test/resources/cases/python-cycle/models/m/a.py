# towpath:
#   columns: {n: bigint}
def build(t):
    return t.read("m.b").to_pandas()
