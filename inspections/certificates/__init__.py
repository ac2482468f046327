"""Certificates: issued, valid, superseded, on paper, and checked by anybody."""
