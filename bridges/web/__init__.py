"""The web pages: forms, imprint, privacy, health and metrics. Knows no bot and no Matrix."""
