# Mistakes in the comment block.
# towpath:
#   columns: {region: varchar, score: dubble, ä: }
#   kind: view
#   memroy: 1GB
#   timeout: soon
#   reads: orders
#   driven_by: {raw.orders: day}
#   checks: [not_null(regio)]


def build(t):
    return t.read("raw.order")
