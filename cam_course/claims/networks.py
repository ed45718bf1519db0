"""Which shipped networks the claims are measured on: three training seeds of each kind."""

GAP = ("pots", "pots_s1", "pots_s2")
FLAT = ("pots_flat", "pots_flat_s1", "pots_flat_s2")
ON_GAP = "on networks with a GAP head"
ON_FLAT = "on networks with three linear layers"
