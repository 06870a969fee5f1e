	
	/* towpath
kind:	veiw
checks:	[unque(a),	"a >	0"]
*/
SELECT 1