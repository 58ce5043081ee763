"""`make bench-analytics`: the shipped commands on public data sets, beside the published figures."""
