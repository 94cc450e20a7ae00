"""What an office keeps, sealed, in one SQLite file. The only SQL is here."""
