SELECT x FROM a.self
