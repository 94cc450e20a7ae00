"""From settings to offices: the composition root. Only here, in `bots.planning`, `bots.declared`
and in `bots.commands` are settings read; everything below is given plain values."""
