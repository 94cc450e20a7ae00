"""The worlds outside Matrix: email and web; knows no bot and no Matrix."""
