/* towpath
kind: view
*/
SELECT '/* towpath' AS a -- /* towpath
