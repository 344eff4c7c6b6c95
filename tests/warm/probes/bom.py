print("after a mark", __file__)
