SELECT id FROM elsewhere.nothing_like_it
