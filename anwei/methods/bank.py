"""What the vectorised methods share: many sensors in columns of arrays, each in a slot of its own."""

from __future__ import annotations

import copy
import math
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from anwei.methods.likelihood import FAR, FARTHEST

Floats = NDArray[np.float64]
Slots = NDArray[np.int64]
Arrays = dict[str, NDArray[Any]]


def tails(z: Floats) -> Floats:
    """Return `likelihood.tail` of each."""
    z = np.minimum(z, FARTHEST)
    found = np.empty_like(z)
    far = z > FAR
    found[far] = (z[far] * z[far] / 2 + np.log(z[far] * math.sqrt(2 * math.pi))) / math.log(10)
    near = (z[~far] / math.sqrt(2)).tolist()
    found[~far] = -np.log10(0.5 * np.array([math.erfc(each) for each in near], float))
    return found


class Bank:
    """Slots of one method; every array of a bank has one row a slot."""

    size: int

    def arrays(self) -> Arrays:
        """Return all that is remembered, by name: what a checkpoint keeps."""
        found = {name: value for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        for name, part in vars(self).items():
            if isinstance(part, Bank):
                found |= {f"{name}.{inner}": value for inner, value in part.arrays().items()}
        return found

    def restore(self, arrays: Arrays) -> None:
        """Take up what `arrays` gave. Raises KeyError or ValueError where it is not of this form."""
        for name, own in self.arrays().items():
            own[...] = arrays[name].reshape(own.shape)
        self.restored()

    def restored(self) -> None:
        """Bring up to date what hangs on the arrays."""

    def forget(self, slots: Slots) -> None:
        """Empty slots for other sensors."""
        fresh = type(self).empty(self)
        for name, own in self.arrays().items():
            own[slots] = fresh.arrays()[name][0]
        self.restored()

    def empty(self) -> Self:
        """Return a bank of one empty slot with the same parameters."""
        raise NotImplementedError

    def copy(self) -> Self:
        """Return one that has learned the same."""
        return copy.deepcopy(self)
