"""
Floor 3: known varieties, how to recognize them in a model, and their theorems.
"""
