# Scores for the board.
# towpath:
#   columns: {region: varchar, score: double}
#   checks: [not_null(region)]
#   isolation: process
#   memory: 2GiB
#   timeout: 10m
def build(t):
    df = t.read("marts.daily").to_pandas()
    return df.groupby("region", as_index=False).agg(score=("revenue", "mean"))
