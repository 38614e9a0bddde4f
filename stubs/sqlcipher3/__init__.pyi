"""Types of the SQLCipher driver, as far as Frontdesk uses it."""
