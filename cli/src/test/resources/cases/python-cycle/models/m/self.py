# towpath:
#   columns: {n: bigint}
def build(t):
    return t.read("m.self").to_pandas()
