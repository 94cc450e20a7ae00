"""Onboarding: who comes is greeted, asked for a yes to the rules, and invited to her rooms."""
