"""What onboarding decides: pure, given what it knows, what happened and when."""
