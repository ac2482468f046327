"""The whole story of a visit request, joined from all apps for the office: each module tells one part of it."""
