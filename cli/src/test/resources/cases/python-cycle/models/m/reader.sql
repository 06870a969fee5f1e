SELECT x FROM m.self
