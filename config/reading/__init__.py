"""From the text of a YAML file to values, with every fault at its line."""
