SELECT n FROM slow.b
