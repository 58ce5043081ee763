"""Graded risk (风险分级管控): four colours, LEC, LS, the diagnosis of 应急〔2018〕19号, the live colour.

`grades` declares the four colours once; `bands`, `methods` and `rating` compute LEC and LS; `diagnosis` the
enterprise's score; `records` the form in which an assessment is stored; `hazard_factors`, `accident_types`
and `chemicals` are dictionaries; `live_colour` raises a static grade by live facts, `live_rules` reads its
rules.
"""
