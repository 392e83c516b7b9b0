"""
The cache: what neuromanifolds have answered, kept on the disk from one process to the next.

``store`` knows files, ``codec`` the plain form of answers, ``key`` what an answer depends on, and
``memory`` when an answer may be used again.  What is read is never executed: an entry is JSON,
and only the classes that ``codec`` lists are made from it.
"""
