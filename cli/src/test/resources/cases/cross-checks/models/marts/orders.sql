/* towpath
checks:
  - relationship(region, raw.regions.region)
*/
SELECT * FROM raw.orders
