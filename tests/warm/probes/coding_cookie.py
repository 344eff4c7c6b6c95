# -*- coding: latin-1 -*-
print("ä in Latin-1")
