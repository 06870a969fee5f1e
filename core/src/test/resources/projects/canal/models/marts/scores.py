def build(t): pass
