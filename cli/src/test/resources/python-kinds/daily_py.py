# towpath:
#   kind: incremental
#   time: day
#   grain: day
#   start: 2026-01-01
#   driven_by: {shop.orders: day}
#   columns: {day: date, orders: bigint, amount: "decimal(18,2)"}
def build(t):
    orders = t.read("shop.orders").to_pandas()
    with open("days.txt", "a") as noted:
        for day in sorted({day.date() for day in orders["day"]}):
            assert t.start <= day < t.end, (t.start, day, t.end)
            print(day, file=noted)
    return orders.groupby("day", as_index=False).agg(orders=("id", "count"), amount=("amount", "sum"))
