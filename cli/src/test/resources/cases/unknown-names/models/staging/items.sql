SELECT id FROM raw.ordrs
