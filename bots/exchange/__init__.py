"""Exchange: what its author shares is carried to the room of all initiatives, and follows her."""
