"""The share of rows that come in clusters, with its interval: months of one enterprise are alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def clustered_share_interval(
    happened: NDArray[np.bool_], clusters: NDArray[np.int64], level: float
) -> tuple[float, float]:
    """Return the interval of a share whose rows come in clusters that are alike (months of one enterprise).

    The exact interval of as many independent rows as the clusters are worth, never more than there are, by
    Korn and Graubard (Survey Methodology 24, 1998, 193-201); where all or none happened each cluster is worth
    one row. Of nothing nothing is known: (0, 1).
    """
    n, count = len(happened), int(happened.sum())
    if not n:
        return 0.0, 1.0
    from scipy.stats import beta, t  # half a second of processor time, paid where it is asked

    tail, share = (1 - level) / 2, count / n
    of = np.unique(clusters, return_inverse=True)[1]
    worth = float(n_clusters := int(of.max()) + 1)
    if 0 < count < n and n_clusters > 1:
        beyond = np.bincount(of, happened - share)
        variance = n_clusters / (n_clusters - 1) * float((beyond**2).sum()) / n**2
        fewer = (t.ppf(tail, n - 1) / t.ppf(tail, n_clusters - 1)) ** 2
        worth = min(float(n), fewer * share * (1 - share) / variance) if variance else float(n)
    hits = share * worth
    low = float(beta.ppf(tail, hits, worth - hits + 1)) if count else 0.0
    return low, float(beta.ppf(1 - tail, hits + 1, worth - hits)) if count < n else 1.0
