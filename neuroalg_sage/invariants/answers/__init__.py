"""Answers: what an invariant is, how it is computed within limits, and how it is cited."""
