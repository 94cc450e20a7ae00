"""The ombuds office: an independent complaints office that people reach by private message."""
