"""Tests, benchmarks and chaos."""
