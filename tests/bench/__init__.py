"""Benchmarks; one JSON object a line."""
