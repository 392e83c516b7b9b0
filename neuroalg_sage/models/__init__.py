"""
Floor 1: models, from layers to parametrizations.

Nothing here knows a computer-algebra engine.  A model is a composition of
layers, and a layer applies to inputs over any commutative ring.
"""
