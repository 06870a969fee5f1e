print("no block, and no build")
