"""Past the guard, which hands answers copies: whether they write into what they get, and tensors for gradients."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def writes_into(answer: Callable, *arguments: Tensor) -> bool:
    """Call the answer with tensors that the guard cannot copy, and see whether they are as before.

    >>> writes_into(lambda x: x.clamp_(0), torch.tensor([-1.0])), writes_into(lambda x: x + 1, torch.tensor([-1.0]))
    (True, False)
    """
    given = [shared(one.clone()) for one in arguments]
    answer(*given)
    return not all(map(torch.equal, given, arguments))


def shared(one: Tensor) -> Tensor:
    """The same leaf tensor, which the guard now cannot copy: gradients lead back to it.

    >>> import copy
    >>> one = shared(torch.zeros(1))
    >>> copy.deepcopy(one) is one
    True
    """
    one.__deepcopy__ = lambda memo: one  # asked first by copy.deepcopy, before the class's own
    return one
