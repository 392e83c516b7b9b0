"""
What some certificates trust besides engines and theorems, and what is said of it.
"""

RANDOM = "the trials are random"
LISTED = "the list of known symmetries"
OTHERS = "that there are no other symmetries is not proved"
LISTED_SUBNETWORKS = "the list of subnetworks"
