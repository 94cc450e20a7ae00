"""The settings of the network office."""
