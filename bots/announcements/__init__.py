"""Announcements: what editors release in their room goes out by mail, in each reader's language."""
