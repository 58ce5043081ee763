"""Facts of the hazards room (隐患排查治理): criteria, checklists, the closed loop's rules, fines, likeness.

`criteria` are the clauses by which a hazard is major, `checklists` what is looked at in each sector, `rules`
the steps, limits and papers, `penalties` what an article costs, `likeness` whether two findings are one.
Criteria, checklists and fines are the rows that law at hand searches (`data/law/`); each cites its law by the
short name of `anwei.standards.law.register.sources`.
"""
