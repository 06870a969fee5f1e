# towpath:
# columns: {region: varchar}
async def build(t):
    pass
