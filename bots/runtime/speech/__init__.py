"""What bots say, in every language."""
