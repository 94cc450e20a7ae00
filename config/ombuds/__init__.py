"""The settings of the ombuds office."""
