"""Cases, as staff have them: in a thread each, until they are closed."""
