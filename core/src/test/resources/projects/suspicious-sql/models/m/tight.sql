-- a

/* b */ -- c
/*towpath
kind: view */SELECT 1