"""The steps that members of staff take on a request, and their forms."""
