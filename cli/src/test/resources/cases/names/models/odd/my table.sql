/* towpath
checks: [not_null("a b"), 'unique("order", "Straße")', '"order" > 0']
*/
SELECT "order", "a b", straße FROM raw."Größe"
