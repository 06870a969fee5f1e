/* TOWPATH
kind: view
*/SELECT 1