"""The tables of an office's store, one module each: the only place with SQL."""
