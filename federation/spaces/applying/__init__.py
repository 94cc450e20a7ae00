"""Looking at the spaces that are there, and carrying out a plan."""
