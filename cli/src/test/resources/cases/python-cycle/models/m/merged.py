# towpath:
#   kind: merge
#   key: n
#   columns: {n: bigint}
def build(t):
    return t.read("m.merged").to_pandas()
