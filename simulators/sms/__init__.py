"""Two SMS providers, by Kavenegar's REST API and by SMS.ir's; ``python -m simulators.sms``.

Receptors that always end in the same way; those of three digits at the end are Kavenegar's alone:

=========== =================================================================
09990000006 accepted, then status 6 (failed at the operator)
09990000011 accepted, then status 11 (not delivered)
09990000014 by a line accepted, then status 14 (blocks advertising); a template arrives
09990000409 the call is answered 409 (server busy)
09990000418 the call is answered 418 (no credit)
09990000451 the call is answered 451 (too many calls)
09990000901 silence, and the message is not accepted
09990000902 silence, but the message is accepted
=========== =================================================================
"""

from simulators.sms.account import Account
from simulators.sms.server import serve

__all__ = ["Account", "serve"]
