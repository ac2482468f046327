"""What an expert writes down of a visit: the checklist, its answers, drafts and photos."""
