"""From settings to offices: the composition root. Settings are read only here and in
`bots.cli.commands`; everything below is given plain values."""
