"""Measures what quality.md promises about speed and cost: `make bench`. Figures are ratios to a bare Django page."""
