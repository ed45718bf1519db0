"""Where the repository keeps what it ships, and what it can make again."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
MODELS = DATA / "models"
SAMPLES = DATA / "samples"
POT_PLANTS = DATA / "pot_plants"  # the reader's copy of the public photographs; git ignores it
CACHE = ROOT / ".cache" / "pots"  # git ignores it
