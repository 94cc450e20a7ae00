"""People with a client of their own, as the demo and the tests play them."""
