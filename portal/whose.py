"""Whose personal data a row is, for the audit log: what an owner reads under «who looked at my file» follows from it.

The way from a row to the owner's id, for every model whose rows staff see or change. A page of the office that is
marked `personal` and stands not here fails a test.
"""

OWNERS = {
    "accounts.user": "pk",
    "accounts.profile": "user_id",
    "accounts.mobilechange": "user_id",
    "accounts.accountclosing": "user_id",
    "notifications.smsmessage": "user_id",
    "notifications.notice": "user_id",
    "septam_sites.place": "owner_id",
    "inspections.visitrequest": "owner_id",
    "inspections.visitslot": "request__owner_id",
    "inspections.calllog": "request__owner_id",
    "inspections.visitreport": "request__owner_id",
    "inspections.certificate": "owner_id",
    "inspections.complaint": "request__owner_id",
    "billing.order": "owner_id",
    "billing.orderline": "order__owner_id",
    "billing.paymentattempt": "order__owner_id",
    "billing.refundcase": "order__owner_id",
    "billing.proforma": "order__owner_id",
    "billing.banktransfer": "order__owner_id",
    "billing.invoice": "order__owner_id",
    "billing.invoiceline": "invoice__order__owner_id",
    "portal.supportthread": "owner_id",
}
