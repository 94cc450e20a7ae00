"""The acts of the story; each plays one part of the network, and tells what was seen of it."""
