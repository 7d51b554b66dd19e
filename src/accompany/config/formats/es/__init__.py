"""Spanish, as across the Americas."""
