"""Who visits: laboratories that fell away, experts, how much each has in hand, and what forbids."""
