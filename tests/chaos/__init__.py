"""Kills and outages; one JSON object a line."""
