"""Which of many comes next: past-only features of each, a plain and a boosted model, and what each is due to.

ranker = Ranker().fit(table, label="accidents", entity="enterprise", time="week")
scores = ranker.score(this_week)      # probability, log odds, contributions of named features
"""
