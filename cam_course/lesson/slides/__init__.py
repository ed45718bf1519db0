"""A lesson as a deck of slides: one file that opens offline, and a PDF of it, from the notebook's saved outputs."""
