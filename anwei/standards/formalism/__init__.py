"""Signals that a closure may stand on paper only (形式主义): reasons to look again, never a finding.

Each function is pure: facts in, signals out. The limits are this house's, from no law, and stand beside what
they limit with the reason; how well they part honest from faked closures is measured on a planted set
(tests/hazards/test_formalism.py, docs/formalism.md). Nothing here counts how much anybody uses the system.
"""
