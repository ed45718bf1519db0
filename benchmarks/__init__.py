"""What an explanation costs, beside the public libraries in the same run: ``python -m benchmarks.run``."""
