"""What can go wrong with a store; each message says what to do."""


class StoreError(Exception):
    """The store can't be used; the message says why and what to do."""


class AlreadyRunning(StoreError):
    """Another process holds this store."""


class SealBroken(StoreError):
    """A row does not open: it was altered, or the sealing key is not the one it was sealed with."""


class KeyRefused(StoreError):
    """The key that was given opens nothing here."""
