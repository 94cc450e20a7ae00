"""Real mail servers (Exim, Postfix, postgrey), each in a folder of the test, without root."""
