"""What the ombuds office keeps: a module for each of its rooms. Pure."""
