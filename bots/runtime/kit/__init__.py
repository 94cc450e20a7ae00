"""What a bot is made of. Pure: nothing here knows a store, a network or a clock."""
