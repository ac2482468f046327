"""The office's pages that join apps: finding anything, the story of a request."""
