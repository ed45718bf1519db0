"""Tests of cam_course.pots."""
