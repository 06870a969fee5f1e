SELECT "Straße", "order", "a b" AS "ä ö", "select" FROM raw.größe
