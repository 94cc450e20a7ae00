"""The network's spaces and rooms: as the settings declare them, and where they are."""
