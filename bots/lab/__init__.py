"""Homeservers, people and stories, for the demo and the tests."""
