"""The demo: a story played through the whole network and observed from outside."""
