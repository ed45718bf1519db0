"""The architectures that a card can name."""

from torch import nn

from .nets import CNN, CNNWithGAP, PotNet, PotNetFlat

_ALL: tuple[type[nn.Module], ...] = (PotNet, PotNetFlat, CNN, CNNWithGAP)
ARCHITECTURES: dict[str, type[nn.Module]] = {net.__name__: net for net in _ALL}
