# towpath:
#   columns: {n: bigint}
#   reads: [m.declared]
def build(t):
    return t.read("m." + t.name).to_pandas()
