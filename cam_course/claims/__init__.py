"""The claims of the literature, each with what would count as true, what was measured, and the verdict.

``python -m cam_course.claims`` measures them all and writes ``notebooks/claims.md``.
"""

from cam_course.claims.claim import Claim, Part, Reading, verdict
from cam_course.claims.laboratory import Laboratory
from cam_course.claims.listed import CLAIMS

__all__ = ["CLAIMS", "Claim", "Laboratory", "Part", "Reading", "verdict"]
