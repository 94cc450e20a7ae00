"""The bot of CONTRIBUTING.md: who has what to lend."""
