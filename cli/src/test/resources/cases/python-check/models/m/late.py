def build(t):
    pass


# towpath:
#   columns: {region: varchar}
