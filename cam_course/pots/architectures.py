"""The architectures that a card can name."""

from torch import nn

from .answerer import Answerer, LateAnswerer
from .captioner import Captioner
from .detector import PotDetector
from .nets import CNN, CNNWithGAP, PotNet, PotNetFlat
from .unet import PotUNet

_ALL: tuple[type[nn.Module], ...] = (
    *(PotNet, PotNetFlat, CNN, CNNWithGAP),
    *(PotDetector, PotUNet, Captioner, Answerer, LateAnswerer),
)
ARCHITECTURES: dict[str, type[nn.Module]] = {net.__name__: net for net in _ALL}
