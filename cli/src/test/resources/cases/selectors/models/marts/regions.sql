/* towpath
tags: [geo]
*/
SELECT * FROM ref.regions
