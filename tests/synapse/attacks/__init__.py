"""Attacks of somebody who runs a homeserver, or an accommodation: one named test for each.

`rows.py` says which tests belong to which row of the threat model. Whoever attacks has Synapse's
admin interface (`admin.py`), and stands between the office and its homeserver (`liar.py`). The
tests know only what people see: nothing is read, nothing is obeyed, nothing is lost, and somebody
is told.
"""
