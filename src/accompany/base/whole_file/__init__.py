"""Django's way to SQLite, through SQLCipher: the file of the record is encrypted as a whole."""
