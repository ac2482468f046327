"""Stand-ins for the two outside services: a bank's internet gateway and an SMS provider.

They speak the real protocols on the loopback address, keep their own data and know nothing of the
portal, so the portal talks to them through the very adapters that production uses.
"""
