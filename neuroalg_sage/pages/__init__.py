"""
A report as one page of HTML that fetches nothing: readable on a screen, on paper and by a machine.
"""
