"""A page to keep: one picture, what a network says of it, and where each method says that it looked."""

from cam_course.report.findings import Finding, Findings
from cam_course.report.networks import Subject, named
from cam_course.report.writing import report, save

__all__ = ["Finding", "Findings", "Subject", "named", "report", "save"]
