"""Whether an answer writes into what it is given: the guard of the checks hands it copies, so that nothing shows."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def writes_into(answer: Callable, *arguments: Tensor) -> bool:
    """Call the answer with tensors that the guard cannot copy, and see whether they are as before.

    >>> writes_into(lambda x: x.clamp_(0), torch.tensor([-1.0])), writes_into(lambda x: x + 1, torch.tensor([-1.0]))
    (True, False)
    """
    given = [one.clone() for one in arguments]
    for one in given:
        one.__deepcopy__ = lambda memo, one=one: one  # asked first by copy.deepcopy, before the class's own
    answer(*given)
    return not all(map(torch.equal, given, arguments))
