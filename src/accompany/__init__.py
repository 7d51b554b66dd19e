"""Accompany: the record of who has custody of every child and parent, as each source told it."""
