# towpath:
#   columns: {region: varchar, score: double}
#   reads: [raw.orders]
def build(t):
    for name in ["raw.orders"]:
        t.read(name)
