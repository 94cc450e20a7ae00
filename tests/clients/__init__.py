"""People with Element's own engine, strict, against real offices: what they see."""
