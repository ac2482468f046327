"""The verbs of the audit log and the kinds of things in words, for the office's list and for owners."""

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_VERBS: dict[str, Promise] = {
    "office.view": gettext_lazy("Looked at"),
    "office.list": gettext_lazy("Saw in a list"),
    "office.find": gettext_lazy("Found by a search"),
    "office.feed": gettext_lazy("Read in the calendar of a phone"),
    "reference.import": gettext_lazy("Ran an import"),
    "reference.export": gettext_lazy("Downloaded reference data"),
    "office.add": gettext_lazy("Added"),
    "office.change": gettext_lazy("Changed"),
    "office.export": gettext_lazy("Took rows out as a file"),
    "office.delete": gettext_lazy("Deleted"),
    "office.second_factor_enrolled": gettext_lazy("Joined an authenticator"),
    "office.second_factor_asked": gettext_lazy("Asked to reset the second factor"),
    "office.second_factor_refused": gettext_lazy("Refused to reset the second factor"),
    "office.second_factor_reset": gettext_lazy("Reset the second factor"),
    "office.recovery_code_used": gettext_lazy("Used a recovery code"),
    "account.register": gettext_lazy("Registered"),
    "account.sign_in": gettext_lazy("Signed in"),
    "account.sign_out_everywhere": gettext_lazy("Signed out of all devices"),
    "account.profile": gettext_lazy("Changed personal details"),
    "account.change_password": gettext_lazy("Chose a password"),
    "account.send_password": gettext_lazy("Sent a fresh password"),
    "account.identity_check": gettext_lazy("Checked a caller's identity"),
    "account.still_theirs": gettext_lazy("Checked the identity after a long absence"),
    "account.download": gettext_lazy("Downloaded the own data"),
    "account.close": gettext_lazy("Closed the account"),
    "account.take_back": gettext_lazy("Gave the account back"),
    "account.anonymise": gettext_lazy("Anonymised the account"),
    "account.mobile_asked": gettext_lazy("Asked for a change of the mobile"),
    "account.mobile_approved": gettext_lazy("Approved a change of the mobile"),
    "account.mobile_stopped": gettext_lazy("Stopped a change of the mobile"),
    "account.mobile_refused": gettext_lazy("A change of the mobile was not possible"),
    "account.mobile_changed": gettext_lazy("Changed the mobile"),
    "staff.mobile_changed": gettext_lazy("Changed the mobile of a member of staff"),
    "account.mobile_detached": gettext_lazy("Took the mobile off the account"),
    "sms.resend": gettext_lazy("Sent an SMS again"),
    "certificate.revoke": gettext_lazy("Revoked the certificate"),
    "finance.export": gettext_lazy("Took a table of finance out as a file"),
    "finance.reconcile": gettext_lazy("Compared a bank's report"),
    "finance.compare_again": gettext_lazy("Compared a bank's report once more"),
    "finance.settle_difference": gettext_lazy("Settled a difference"),
    "refund.ask": gettext_lazy("Asked for a refund"),
    "refund.approve": gettext_lazy("Approved a refund"),
    "refund.refuse": gettext_lazy("Refused a refund"),
    "refund.view_account": gettext_lazy("Read the account of a refund"),
    "share.download": gettext_lazy("Took out a statement of shares"),
    "share.close": gettext_lazy("Closed a statement of shares"),
    "share.paid": gettext_lazy("Noted the payment of shares"),
    "support.answer": gettext_lazy("Answered a message"),
    "support.note": gettext_lazy("Wrote a note"),
    "account.act_begin": gettext_lazy("Began to act for the owner"),
    "place.by_support": gettext_lazy("Filled in for the owner"),
    "place.correct": gettext_lazy("Corrected a place's data"),
    "request.correct": gettext_lazy("Corrected data"),
    "request.assign": gettext_lazy("Assigned an expert"),
    "request.propose": gettext_lazy("Proposed a time"),
    "request.reschedule": gettext_lazy("Took a time back"),
    "request.call": gettext_lazy("Noted a call"),
    "feed.renew": gettext_lazy("Made an address of a calendar"),
    "feed.revoke": gettext_lazy("Revoked an address of a calendar"),
    "request.report": gettext_lazy("Wrote the report"),
    "report.draft": gettext_lazy("Began a report"),
    "report.photos": gettext_lazy("Changed photos of a report"),
    "criteria.copy": gettext_lazy("Made a new version of the criteria"),
    "criteria.publish": gettext_lazy("Published criteria"),
    "request.endorse": gettext_lazy("Endorsed the report"),
    "request.cancel": gettext_lazy("Cancelled it"),
    "refund.give_iban": gettext_lazy("Gave an account for a refund"),
    "refund.done": gettext_lazy("Noted that a refund was made"),
    "refund.reversal": gettext_lazy("Asked the bank to reverse a payment"),
    "refund.reversal_unclear": gettext_lazy("The bank's answer to a reversal is unclear"),
    "refund.reversal_refused": gettext_lazy("The bank refused a reversal"),
    "payment.confirm": gettext_lazy("Had a payment confirmed again"),
    "payment.accept": gettext_lazy("Accepted a payment"),
    "payment.inquiry": gettext_lazy("Asked the bank about a payment"),
    "payment.reversal": gettext_lazy("Asked the bank to give a payment back"),
    "payment.reversed": gettext_lazy("Noted a payment as reversed"),
    "payment.failed": gettext_lazy("Closed a payment as not made"),
    "invoice.tax_number": gettext_lazy("Noted a tax number of an invoice"),
    "invoice.tax_accepted": gettext_lazy("Noted that the tax system accepted an invoice"),
    "invoice.tax_rejected": gettext_lazy("Noted that the tax system rejected an invoice"),
    "invoice.redact": gettext_lazy("Blanked the buyer of an old invoice"),
    "transfer.record": gettext_lazy("Recorded a bank transfer"),
    "transfer.match": gettext_lazy("Matched a bank transfer"),
    "transfer.unmatch": gettext_lazy("Undid the match of a bank transfer"),
    "transfer.reject": gettext_lazy("Rejected a reported transfer"),
    "transfer.return": gettext_lazy("Noted a transfer as sent back"),
    "transfer.report": gettext_lazy("Reported a bank transfer"),
    "proforma.ask": gettext_lazy("Took a proforma"),
    "proforma.withdraw": gettext_lazy("Gave a proforma up"),
    "proforma.lapse": gettext_lazy("A proforma lapsed"),
    "price.enter": gettext_lazy("Entered a price"),
    "price.change": gettext_lazy("Changed a price"),
    "price.take_back": gettext_lazy("Took a price back"),
    "support.closed": gettext_lazy("Closed a conversation"),
    "support.reopened": gettext_lazy("Opened a conversation again"),
    "support.taken": gettext_lazy("Took a conversation up"),
    "support.moved": gettext_lazy("Changed the subject of a conversation"),
    "place.hand_over": gettext_lazy("Handed a place over to its new holder"),
    "certificate.give_way": gettext_lazy("A certificate gave way to a new holder's"),
    "certificate.supersede": gettext_lazy("Corrected a certificate by another one"),
    "conflict.end": gettext_lazy("Ended a conflict of interest"),
    "closure.confirm": gettext_lazy("Took the visits of a closed day back"),
    "complaint.upheld": gettext_lazy("Upheld a complaint"),
    "complaint.rejected": gettext_lazy("Rejected a complaint"),
    "request.complaint_upheld": gettext_lazy("Upheld a complaint"),
    "request.complaint_rejected": gettext_lazy("Rejected a complaint"),
    "request.grant": gettext_lazy("Granted a free visit"),
    "request.reopen": gettext_lazy("Reopened a report after a complaint"),
    "request.close_day": gettext_lazy("Took a visit back for a closure"),
    "request.report_no_show": gettext_lazy("Reported that the visit did not take place"),
    "request.report_again": gettext_lazy("Handed a report in again"),
    "request.send_back": gettext_lazy("Sent a report back"),
    "request.await_difference": gettext_lazy("Endorsed a report that makes a difference due"),
    "request.certify": gettext_lazy("Endorsed a report and issued the certificate"),
    "request.fail": gettext_lazy("Endorsed a report with defects"),
}


def of_verb(verb: str) -> str:
    """What was done, in words; for a verb without its own words, that it was a step."""
    return str(_VERBS.get(verb) or _("Took a step"))


# Rows that no list of the office shows, so that their models have no title of their own.
_KINDS = {
    "portal.referenceimport": gettext_lazy("Import from CSV"),
    "billing.orderline": gettext_lazy("Line of an order"),
    "billing.invoiceline": gettext_lazy("Line of an invoice"),
}


def of_kind(object_type: str) -> str:
    """What kind of thing it was done to, as the office calls it; the bare name of a model that is gone."""
    if object_type in _KINDS:
        return str(_KINDS[object_type])
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type
