# towpath:
#   columns: {n: bigint}
def build(t):
    return t.read("raw.m").to_pandas()
