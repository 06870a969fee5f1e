def build(t):
    pass
