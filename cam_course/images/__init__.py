"""Pictures from elsewhere: read them, fit them to a model, draw the map on the original, make a folder a data set."""

from .fitting import Fitted, fit
from .folders import Pictures, folder, pot_plants
from .reading import read
from .samples import SamplePhoto, sample_names, sample_photo

__all__ = ["Fitted", "Pictures", "SamplePhoto", "fit", "folder", "pot_plants", "read", "sample_names", "sample_photo"]
