"""The architectures that a card can name."""

from torch import nn

from .answerer import Answerer, LateAnswerer
from .captioner import Captioner
from .nets import CNN, CNNWithGAP, PotNet, PotNetFlat

_ALL: tuple[type[nn.Module], ...] = (PotNet, PotNetFlat, CNN, CNNWithGAP, Captioner, Answerer, LateAnswerer)
ARCHITECTURES: dict[str, type[nn.Module]] = {net.__name__: net for net in _ALL}
