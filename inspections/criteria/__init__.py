"""What is demanded of a place: versions, in words, and an owner's own look at them."""
