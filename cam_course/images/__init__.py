"""Pictures from elsewhere: read them, fit them to a model, draw the map on the original, make a folder a data set."""

from .fitting import Fitted, fit
from .folders import Pictures, folder, pot_plants
from .reading import read

__all__ = ["Fitted", "Pictures", "fit", "folder", "pot_plants", "read"]
