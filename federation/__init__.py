"""The network on Matrix; knows no bot."""
