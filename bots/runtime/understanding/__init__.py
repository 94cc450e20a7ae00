"""What people write: commands, answers, numbers, names."""
