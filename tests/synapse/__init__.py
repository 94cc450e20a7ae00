"""Whole offices against a real Synapse."""
