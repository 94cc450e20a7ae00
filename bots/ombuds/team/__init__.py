"""The ombuds room and its team."""
