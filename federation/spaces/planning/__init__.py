"""What is missing between the network as declared and as it is. Pure."""
