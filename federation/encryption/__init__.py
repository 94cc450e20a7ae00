"""End-to-end encryption of one account: nio's Olm machine on the office's own sealed store."""
