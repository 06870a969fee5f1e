SELECT x FROM a.three
