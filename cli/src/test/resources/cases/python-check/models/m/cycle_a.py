# towpath:
#   columns: {region: varchar}
def build(t):
    return t.read("m.cycle_b").to_arrow()
