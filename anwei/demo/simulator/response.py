"""How things follow their causes: smooth steps and first-order lag, both without memory of their own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from anwei.demo.simulator.noise import Seconds, Series

# Gauss-Laguerre nodes: the integral of exp(-x) f(x) as a short sum. A first-order lag of time constant tau
# is y(t) = integral of exp(-x) u(t - tau x), so that it can be computed at any moment from its cause alone.
_NODES, _WEIGHTS = np.polynomial.laguerre.laggauss(10)


def lagged(cause: Callable[[Seconds], Series], t: Seconds, tau_s: float) -> Series:
    """Return the first-order response to `cause` with time constant `tau_s`."""
    moments = t[:, None] - tau_s * _NODES[None, :]
    values = cause(moments.ravel()).reshape(moments.shape)
    response: Series = values @ _WEIGHTS
    return response


def smooth_step(x: Series) -> Series:
    """Return 0 below 0, 1 above 1, and a smooth rise between."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)


def bump(t: Seconds, start: float, rise_s: float, hold_s: float, fall_s: float) -> Series:
    """Return a smooth rise from 0 to 1 at `start`, a plateau, and a smooth fall."""
    rise = smooth_step((t - start) / rise_s)
    fall = smooth_step((t - start - rise_s - hold_s) / fall_s)
    return rise * (1.0 - fall)
