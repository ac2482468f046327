"""Paying without a card: «پیش‌فاکتور», transfers reported and recorded, matched with orders by finance."""
