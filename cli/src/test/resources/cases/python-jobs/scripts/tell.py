import sys

import towpath

t = towpath.context()
print("arguments", sys.argv[1:], "limit", t.param("limit", 0), "of job", t.name)
if "fail" in sys.argv:
    int("nothing")
