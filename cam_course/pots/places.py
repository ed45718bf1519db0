"""Where the repository keeps what it ships, and what it can make again."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
MODELS = DATA / "models"
SAMPLES = DATA / "samples"
CACHE = ROOT / ".cache" / "pots"  # git ignores it
