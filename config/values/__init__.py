"""Single values of the settings, and what is wrong with them."""
