"""Cases: each is a thread in the ombuds room until staff close it."""
