# towpath:
#   columns: {n: bigint}
def build(t):
    return t.read("m.a").to_pandas()
