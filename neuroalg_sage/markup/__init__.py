"""
Markup: elements of HTML, formulas in MathML, drawings in SVG, and the badges of statuses.
"""
