"""Kinds of documents; each is sealed with a key of its own. Those of flags are in
`bots.ombuds.desk`."""

OFFICE = "ombuds/office"
CONVERSATION = "ombuds/conversation"
"""By its room."""
IDENTITY = "ombuds/identity"
"""Who somebody is, by the serial number of the conversation."""
CASE = "ombuds/case"
"""By its number."""
INVITATION = "ombuds/invitation"
GONE = "ombuds/gone"
"""What was taken back, by `gone`."""
DEVICES = "ombuds/devices"
EDIT = "ombuds/edit"
"""Event id of an edit that reached copies → that of the message."""


def gone(room: str, event: str) -> str:
    """Key of `GONE`. A redaction is about an event of its own room; who writes one in another room
    must not have us overlook what its author does with it."""
    return f"{room} {event}"
