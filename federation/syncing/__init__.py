"""From a homeserver's `/sync` to an office's inbox, with nothing lost in between."""
