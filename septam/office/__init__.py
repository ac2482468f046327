"""The base of the office's pages: scope, audit, lists, forms, and what stands on the first page."""
