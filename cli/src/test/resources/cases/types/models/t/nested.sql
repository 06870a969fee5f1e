SELECT [1, 2] AS list, [1, 2]::INTEGER[2] AS arr, {'a': 1, 'b': {'c': 'x'}} AS s, MAP {'k': [1]} AS m, [{'x': 1}] AS ls
