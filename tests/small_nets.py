"""Networks small enough to be worked out by hand or twice, for the tests."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def gap_net(classes: int = 3, channels: int = 3, width: int = 6, dtype: torch.dtype = torch.float64) -> nn.Sequential:
    """Two stages, global average pooling, one linear layer; layer "4" is what is pooled."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(9)
        layers = _two_stages(classes, channels, width)
    with torch.no_grad():
        layers[7].weight += 0.3  # so that every class finds some evidence
    return nn.Sequential(*layers).to(dtype).eval()


def _two_stages(classes: int, channels: int, width: int) -> list[nn.Module]:
    return [
        nn.Conv2d(channels, width, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Conv2d(width, width, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(width, classes),
    ]


class EverySpelling(nn.Module):
    """The same rectified network, its rectifiers written in the way that `spelling` names."""

    SPELLINGS = (
        "module",
        "module_inplace",
        "functional",
        "functional_inplace",
        "torch",
        "method",
        "method_",
        "clamp",
        "clamp_keyword",
        "clamp_",
        "clamp_min",
        "threshold",
        "relu_changed_in_place_result_ignored",
    )

    def __init__(self, spelling: str) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.first = nn.Conv2d(3, 5, 3, padding=1).double()
        self.second = nn.Conv2d(5, 4, 3, padding=1).double()
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 3)
        self.relu = nn.ReLU(inplace=spelling == "module_inplace")
        self.spelling = spelling

    def rectified(self, x: Tensor) -> Tensor:
        if self.spelling == "relu_changed_in_place_result_ignored":
            x.relu_()
            return x
        return {
            "module": self.relu,
            "module_inplace": self.relu,
            "functional": F.relu,
            "functional_inplace": lambda x: F.relu(x, inplace=True),
            "torch": torch.relu,
            "method": Tensor.relu,
            "method_": Tensor.relu_,
            "clamp": lambda x: x.clamp(0),
            "clamp_keyword": lambda x: torch.clamp(x, min=0),
            "clamp_": lambda x: x.clamp_(min=0),
            "clamp_min": lambda x: x.clamp_min(0),
            "threshold": lambda x: F.threshold(x, 0, 0),
        }[self.spelling](x)

    def forward(self, x: Tensor) -> Tensor:
        return self.rectified(self.second(self.rectified(self.first(x)))).sum((-2, -1))
