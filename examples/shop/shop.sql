-- A shop that sells a little every day, for PostgreSQL 13 or newer.
--
--     psql $SHOP_URL -f shop.sql        makes the schemas "shop" and "truth"; what was there goes
--     psql $SHOP_URL -c 'CALL shop.day(1)'
--     psql $SHOP_URL -c 'CALL shop.day(2)'    and so on, day after day
--
-- The same seed gives the same rows on every machine. For other ones, after the first line:
--
--     psql $SHOP_URL -c 'UPDATE shop.settings SET seed = 7'
--
-- The schema "shop" is what the shop's own programs keep: the state of now, and nothing of before.
-- The schema "truth" is our own book of what happened. Whoever follows the shop well, by looking
-- at it once a day, must come to the same.

SET client_min_messages = warning; -- nothing to drop is fine
DROP SCHEMA IF EXISTS shop CASCADE;
DROP SCHEMA IF EXISTS truth CASCADE;
CREATE SCHEMA shop;
CREATE SCHEMA truth;

CREATE TABLE shop.settings (seed int NOT NULL, last_day int NOT NULL);
INSERT INTO shop.settings VALUES (42, 0);

-- ---------------------------------------------------------------- what the shop keeps

CREATE TABLE shop.customers (
  id int PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL,
  city text NOT NULL,
  changed_at timestamptz NOT NULL
);

CREATE TABLE shop.products (
  id int PRIMARY KEY,
  name text NOT NULL,
  category text NOT NULL,
  price numeric(10, 2) NOT NULL,
  changed_at timestamptz NOT NULL
);

CREATE TYPE shop.status AS ENUM ('new', 'paid', 'shipped', 'delivered', 'cancelled', 'void');

CREATE TABLE shop.orders (
  id bigint PRIMARY KEY,
  customer_id int NOT NULL,
  placed_at timestamptz NOT NULL,
  status shop.status NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX ON shop.orders (updated_at);

CREATE TABLE shop.order_items (
  order_id bigint NOT NULL REFERENCES shop.orders ON DELETE CASCADE,
  line int NOT NULL,
  product_id int NOT NULL,
  quantity int NOT NULL,
  PRIMARY KEY (order_id, line)
);

-- ---------------------------------------------------------------- our book

-- Versions of customers and products; "gone" when the row was deleted.
CREATE TABLE truth.customer_versions (
  id int, name text, email text, city text, valid_from timestamptz, valid_to timestamptz, gone boolean
);
CREATE TABLE truth.product_versions (
  id int, name text, category text, price numeric(10, 2),
  valid_from timestamptz, valid_to timestamptz, gone boolean
);

-- What was sold, at the price that held when it was.
CREATE TABLE truth.sales (
  order_id bigint, line int, placed_at timestamptz, product_id int, category text,
  quantity int, price numeric(10, 2)
);
CREATE TABLE truth.relocations (
  customer_id int, moved_at timestamptz, from_city text, to_city text
);

-- What one must know at the end of each day.
CREATE TABLE truth.customers (LIKE truth.customer_versions);
ALTER TABLE truth.customers ADD COLUMN day int;
CREATE TABLE truth.products (LIKE truth.product_versions);
ALTER TABLE truth.products ADD COLUMN day int;
CREATE TABLE truth.orders (
  id bigint, customer_id int, placed_at timestamptz, status text, updated_at timestamptz, day int
);
CREATE TABLE truth.revenue (
  sold_on date, category text, units bigint, revenue numeric(18, 2), day int
);
CREATE TABLE truth.moves (LIKE truth.relocations);
ALTER TABLE truth.moves ADD COLUMN day int;
CREATE TABLE truth.funnel (
  placed_on date, orders bigint, paid bigint, shipped bigint, delivered bigint, cancelled bigint,
  day int
);

-- ---------------------------------------------------------------- chance and time

-- A number from 0 to sides - 1 that depends on the seed and the words, and on nothing else.
CREATE FUNCTION shop.dice(words text, sides int) RETURNS int STABLE LANGUAGE sql AS $$
  SELECT ('x' || left(md5(seed || '/' || words), 7))::bit(28)::int % sides FROM shop.settings
$$;

-- So many minutes into day n, in Amsterdam.
CREATE FUNCTION shop.moment(n int, minutes int) RETURNS timestamptz IMMUTABLE LANGUAGE sql AS $$
  SELECT (DATE '2025-03-01' + n + minutes * INTERVAL '1 minute') AT TIME ZONE 'Europe/Amsterdam'
$$;

CREATE FUNCTION shop.city(number int) RETURNS text IMMUTABLE LANGUAGE sql AS $$
  SELECT ('{Utrecht,Amersfoort,Zwolle,Leiden,Breda,Groningen,Arnhem,Delft}'::text[])[1 + number % 8]
$$;

-- ---------------------------------------------------------------- what happens on a day

-- So many new customers, numbered from "first".
CREATE PROCEDURE shop.welcome(number int, first int, at timestamptz) LANGUAGE plpgsql AS $$
DECLARE
  names text[] := '{Anna,Bram,Cato,Daan,Els,Femke,Gijs,Hanna,Ivo,Jet,Koen,Lotte,Mees,Noor,Otto,Puck}';
  families text[] := '{Bakker,Visser,de Boer,Smit,Mulder,Bos,Vos,Peters,Hendriks,Dekker,Kok,Prins}';
BEGIN
  INSERT INTO shop.customers
  SELECT n.id, n.name || ' ' || n.family, lower(n.name) || n.id || '@example.com',
    shop.city(shop.dice('home/' || n.id, 8)), at
  FROM (
    SELECT i AS id, names[1 + shop.dice('name/' || i, 16)] AS name,
      families[1 + shop.dice('family/' || i, 12)] AS family
    FROM generate_series(first, first + number - 1) AS i
  ) AS n;
  INSERT INTO truth.customer_versions
  SELECT id, name, email, city, changed_at, NULL, false FROM shop.customers WHERE id >= first;
END $$;

-- So many new products, numbered from "first".
CREATE PROCEDURE shop.offer(number int, first int, at timestamptz) LANGUAGE plpgsql AS $$
DECLARE
  makes text[] := '{Oak,Linen,Steel,Clay,Wool,Glass}';
  things text[] := '{bowl,lamp,chair,cloth,vase,shelf,board,jug}';
  categories text[] := '{Kitchen,Light,Living,Kitchen,Living,Living,Kitchen,Kitchen}';
BEGIN
  INSERT INTO shop.products
  SELECT p.id, makes[1 + p.make] || ' ' || things[1 + p.thing] || ' ' || p.id, categories[1 + p.thing],
    (500 + shop.dice('price/' || p.id, 9500)) / 100.0, at
  FROM (
    SELECT i AS id, shop.dice('make/' || i, 6) AS make, shop.dice('thing/' || i, 8) AS thing
    FROM generate_series(first, first + number - 1) AS i
  ) AS p;
  INSERT INTO truth.product_versions
  SELECT id, name, category, price, changed_at, NULL, false FROM shop.products WHERE id >= first;
END $$;

-- So many orders, numbered from "first", that are placed on day n from a minute on.
CREATE PROCEDURE shop.sell(number int, first bigint, n int, minute int, minutes int)
LANGUAGE plpgsql AS $$
DECLARE
  people int[] := (SELECT array_agg(id ORDER BY id) FROM shop.customers);
  goods int[] := (SELECT array_agg(id ORDER BY id) FROM shop.products);
BEGIN
  INSERT INTO shop.orders
  SELECT o.id, people[1 + shop.dice('who/' || o.id, cardinality(people))], o.at, 'new', o.at
  FROM (
    SELECT i AS id, shop.moment(n, minute + shop.dice('when/' || i, minutes)) AS at
    FROM generate_series(first, first + number - 1) AS i
  ) AS o;
  INSERT INTO shop.order_items
  SELECT o, line, goods[1 + shop.dice('what/' || o || '/' || line, cardinality(goods))],
    1 + shop.dice('many/' || o || '/' || line, 3)
  FROM generate_series(first, first + number - 1) AS o,
    LATERAL generate_series(1, 1 + shop.dice('lines/' || o, 4)) AS line;
  INSERT INTO truth.sales
  SELECT i.order_id, i.line, o.placed_at, p.id, p.category, i.quantity, p.price
  FROM shop.order_items AS i
  JOIN shop.orders AS o ON o.id = i.order_id
  JOIN shop.products AS p ON p.id = i.product_id
  WHERE o.id >= first AND o.id < first + number;
END $$;

-- Some products cost something else from now on; a few of yesterday's prices were mistyped, and
-- are put right as if they had never been wrong; one product is not sold any more.
CREATE PROCEDURE shop.reprice(n int) LANGUAGE plpgsql AS $$
DECLARE
  six timestamptz := shop.moment(n, 6 * 60);
  p record;
BEGIN
  FOR p IN
    SELECT id, round(price * (90 + shop.dice('new price/' || n || '/' || id, 30)) / 100 + 0.01, 2) AS price
    FROM shop.products WHERE shop.dice('reprice/' || n || '/' || id, 6) = 0
  LOOP
    UPDATE shop.products SET price = p.price, changed_at = six WHERE id = p.id;
    UPDATE truth.product_versions SET valid_to = six WHERE id = p.id AND valid_to IS NULL;
    INSERT INTO truth.product_versions
    SELECT id, name, category, price, six, NULL, false FROM shop.products WHERE id = p.id;
  END LOOP;
  FOR p IN
    SELECT id, price + 1 AS price, changed_at FROM shop.products
    WHERE changed_at = shop.moment(n - 1, 6 * 60) ORDER BY shop.dice('mistyped/' || id, 1000), id LIMIT 2
  LOOP
    UPDATE shop.products SET price = p.price WHERE id = p.id; -- changed_at stays
    UPDATE truth.product_versions SET price = p.price WHERE id = p.id AND valid_to IS NULL;
    UPDATE truth.sales SET price = p.price WHERE product_id = p.id AND placed_at >= p.changed_at;
  END LOOP;
  FOR p IN
    SELECT id FROM shop.products WHERE changed_at < shop.moment(n - 1, 0)
    ORDER BY shop.dice('withdrawn/' || id, 1000), id LIMIT 1
  LOOP
    DELETE FROM shop.products WHERE id = p.id;
    UPDATE truth.product_versions SET gone = true WHERE id = p.id AND valid_to IS NULL;
  END LOOP;
END $$;

-- Some customers move, a few mistyped addresses are put right, and two want to be forgotten.
CREATE PROCEDURE shop.relocate(n int) LANGUAGE plpgsql AS $$
DECLARE
  seven timestamptz := shop.moment(n, 7 * 60);
  c record;
BEGIN
  FOR c IN
    SELECT id FROM shop.customers ORDER BY shop.dice('forgotten/' || n || '/' || id, 1000), id LIMIT 2
  LOOP
    DELETE FROM shop.customers WHERE id = c.id;
    UPDATE truth.customer_versions SET gone = true WHERE id = c.id AND valid_to IS NULL;
  END LOOP;
  FOR c IN
    SELECT id, city AS was, shop.city(shop.dice('home/' || id, 8) + n) AS city FROM shop.customers
    ORDER BY shop.dice('moves/' || n || '/' || id, 1000), id LIMIT 8
  LOOP
    CONTINUE WHEN c.city = c.was;
    UPDATE shop.customers SET city = c.city, changed_at = seven WHERE id = c.id;
    UPDATE truth.customer_versions SET valid_to = seven WHERE id = c.id AND valid_to IS NULL;
    INSERT INTO truth.customer_versions
    SELECT id, name, email, city, seven, NULL, false FROM shop.customers WHERE id = c.id;
    INSERT INTO truth.relocations VALUES (c.id, seven, c.was, c.city);
  END LOOP;
  FOR c IN
    SELECT id, replace(email, '@example.', '@mail.example.') AS email FROM shop.customers
    ORDER BY shop.dice('email/' || n || '/' || id, 1000), id LIMIT 3
  LOOP
    UPDATE shop.customers SET email = c.email WHERE id = c.id; -- changed_at stays
    UPDATE truth.customer_versions SET email = c.email WHERE id = c.id AND valid_to IS NULL;
  END LOOP;
END $$;

-- At a quarter to twelve orders go on: new, paid, shipped, delivered; some are cancelled, and some
-- made void, since they should never have been. Some customers take a line back.
CREATE PROCEDURE shop.night(n int) LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM shop.order_items WHERE line > 1 AND (order_id, line) IN (
    SELECT i.order_id, i.line FROM shop.order_items AS i JOIN shop.orders AS o ON o.id = i.order_id
    WHERE o.status = 'new' ORDER BY shop.dice('back/' || i.order_id || '/' || i.line, 100000), 1, 2 LIMIT 6
  );
  DELETE FROM truth.sales AS s WHERE NOT EXISTS (
    SELECT FROM shop.order_items AS i WHERE i.order_id = s.order_id AND i.line = s.line
  ) AND EXISTS (SELECT FROM shop.orders AS o WHERE o.id = s.order_id);
  UPDATE shop.orders
  SET updated_at = shop.moment(n, 23 * 60 + 45) + id % 60 * INTERVAL '1 second',
    status = CASE
      WHEN shop.dice('void/' || n || '/' || id, 30) = 0 THEN 'void'
      WHEN status = 'shipped' THEN 'delivered'
      WHEN shop.dice('cancelled/' || n || '/' || id, 12) = 0 THEN 'cancelled'
      WHEN status = 'paid' THEN 'shipped'
      ELSE 'paid'
    END::shop.status
  WHERE status IN ('new', 'paid', 'shipped')
    AND shop.dice('waits/' || n || '/' || id, 4) > 0
    AND placed_at NOT BETWEEN shop.moment(n - 1, 22 * 60) AND shop.moment(n - 1, 23 * 60);
END $$;

-- What is known at the end of the day, and only what a look at the shop could tell.
CREATE PROCEDURE truth.note(n int) LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO truth.customers SELECT *, n FROM truth.customer_versions;
  INSERT INTO truth.products SELECT *, n FROM truth.product_versions;
  INSERT INTO truth.moves SELECT *, n FROM truth.relocations;
  INSERT INTO truth.orders
  SELECT id, customer_id, placed_at, status::text, updated_at, n FROM shop.orders WHERE status <> 'void';
  INSERT INTO truth.revenue
  SELECT (s.placed_at AT TIME ZONE 'Europe/Amsterdam')::date, s.category, sum(s.quantity),
    sum(s.quantity * s.price), n
  FROM truth.sales AS s JOIN shop.orders AS o ON o.id = s.order_id
  WHERE o.status IN ('paid', 'shipped', 'delivered')
  GROUP BY 1, 2;
  INSERT INTO truth.funnel
  SELECT (placed_at AT TIME ZONE 'Europe/Amsterdam')::date, count(*),
    count(*) FILTER (WHERE status IN ('paid', 'shipped', 'delivered')),
    count(*) FILTER (WHERE status IN ('shipped', 'delivered')),
    count(*) FILTER (WHERE status = 'delivered'),
    count(*) FILTER (WHERE status = 'cancelled'), n
  FROM shop.orders WHERE status <> 'void'
  GROUP BY 1;
END $$;

-- Day n, whole. Days come one after another.
CREATE PROCEDURE shop.day(n int) LANGUAGE plpgsql AS $$
DECLARE
  next int := (SELECT last_day + 1 FROM shop.settings);
BEGIN
  IF n <> next THEN
    RAISE EXCEPTION 'day % comes next, not day %', next, n USING HINT = format('CALL shop.day(%s)', next);
  END IF;
  UPDATE shop.settings SET last_day = n;
  IF n = 1 THEN
    CALL shop.welcome(120, 1, shop.moment(0, 9 * 60));
    CALL shop.offer(40, 1, shop.moment(0, 9 * 60));
  ELSE
    -- Orders that were made void are swept away, once everybody had a day to see that they are.
    DELETE FROM shop.orders WHERE status = 'void';
    -- A till without a network hands in late what it sold yesterday evening.
    CALL shop.sell(4, n * 1000 + 900, n - 1, 22 * 60, 60);
    CALL shop.reprice(n);
    CALL shop.offer(1, 38 + n + 1, shop.moment(n, 6 * 60));
    CALL shop.relocate(n);
    CALL shop.welcome(5, 111 + n * 5, shop.moment(n, 7 * 60 + 30));
  END IF;
  CALL shop.sell(60, n * 1000, n, 8 * 60, 13 * 60);
  CALL shop.night(n);
  CALL truth.note(n);
END $$;
