"""
Pictures of neuromanifolds of dimension at most 2, in two or three coordinates.

``scene`` computes what there is to see, ``figure`` draws it with matplotlib, ``page`` as a page
of HTML that turns in space.
"""
