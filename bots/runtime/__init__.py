"""The one way of an event: inbox, decision, outbox, handles, copies."""
