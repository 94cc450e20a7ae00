"""The network's spaces and rooms: as declared, as they are, and how the one becomes the other.

`federation.model.network` is what the YAML declares; `layout` makes of it the spaces and rooms that
are to be there. `applying.observe` asks the homeserver what is there; `planning` compares the two,
purely; `applying` carries the plan out. A room is known again by its mark, a state event of ours,
never by a store.
"""
