"""All claims, in the order of the lessons."""

from cam_course.claims import of_gradients, of_maps, of_masks, of_other_outputs, of_refinements, of_trust
from cam_course.claims.claim import Claim

MODULES = (of_gradients, of_maps, of_masks, of_other_outputs, of_refinements, of_trust)
CLAIMS: list[Claim] = sorted((claim for module in MODULES for claim in module.CLAIMS), key=lambda claim: claim.lesson)
