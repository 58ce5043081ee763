"""Pure computation that stream, analytics and emergency share: no Django, no files, no clocks of its own.

One method a file. A detector has `score_one(x)`, which changes nothing, and `learn_one(x)` (the contract of
River): row t is scored from rows up to t alone, so that a tail cut off changes no earlier score.
"""
