SELECT * FROM m.cycle_a
