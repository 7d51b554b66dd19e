"""How a person is taken off the record, and what is counted of those who were."""
