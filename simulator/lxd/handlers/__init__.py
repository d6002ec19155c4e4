"""One module a kind of object: from a request to the records and back to an answer."""
