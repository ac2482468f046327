"""Who gets which answer at each address: the statuses for PEOPLE of tests/access/world.py, in their order.

anonymous, owner, stranger, expert, other_expert, lab_manager, support, finance, manager, unverified
"""

from collections.abc import Iterator
from dataclasses import dataclass

# The addresses that are tried by POST, with what is sent; all others by GET.
POSTED: dict[str, dict[str, str]] = {
    "accounts:mobile_stop": {},
    "accounts:sign_out": {},
    "accounts:sign_out_everywhere": {},
    "sites:place_restore": {},
    "notifications:mark_read": {},
    "notifications:put_away": {},
    "billing:checkout": {"shown_total": "1"},
    "billing:cart_proforma": {"shown_total": "1"},
    "admin:logout": {},
    "admin:billing_bankfile_compare": {},
}

Row = tuple[int, ...]
STAFF = ("expert", "other_expert", "lab_manager", "support", "finance", "manager")


def _all(status: int) -> Row:
    return (status,) * 10


def _owners(status: int = 200) -> Row:
    """The owner's alone: the visitor is led to sign in, for everybody else it does not exist."""
    return (302, status) + (404,) * 8


def _office(*statuses: int) -> Row:
    """Of STAFF; without a second factor, or outside the staff, one is led to sign in."""
    assert len(statuses) == len(STAFF)
    return (302, 302, 302, *statuses, 302)


ANYBODY = _all(200)
SIGNED_IN: Row = (302,) + (200,) * 9
NOT_SIGNED_IN: Row = (200,) + (302,) * 9

PORTAL: dict[str, Row] = {
    "portal:home": ANYBODY,
    "portal:guide": ANYBODY,
    "portal:prices": ANYBODY,
    "portal:support": ANYBODY,
    "portal:faq": ANYBODY,
    "portal:accessibility": ANYBODY,
    "portal:support_write": ANYBODY,
    "portal:support_sent": _all(302),  # nothing was sent
    "portal:support_find": ANYBODY,
    "portal:support_code": _all(302),  # nobody asked for a code
    "portal:support_threads": SIGNED_IN,
    "portal:support_thread": _owners(),
    "portal:robots": ANYBODY,
    "portal:design": ANYBODY,
    "portal:design_page": ANYBODY,
    "portal:healthz": ANYBODY,
    "portal:readyz": _all(503),  # no worker lives in these tests
    "portal:metrics": _all(404),  # nobody set a token
    "portal:places": SIGNED_IN,
    "portal:history": SIGNED_IN,
    "portal:who_looked": SIGNED_IN,
    "accounts:register": NOT_SIGNED_IN,
    "accounts:recover": ANYBODY,
    "accounts:sign_in": NOT_SIGNED_IN,
    "accounts:sign_in_code": ANYBODY,
    "accounts:sign_in_code_enter": _all(302),  # nobody asked for a code
    "accounts:sms_where": ANYBODY,
    "accounts:not_mine": ANYBODY,
    "accounts:not_mine_code": _all(302),  # nobody asked for a code
    "accounts:still_theirs": _all(302),  # nobody is asked
    "accounts:my_data": (302, 200, 200) + (404,) * 7,
    "accounts:close_account": (302, 200, 200) + (404,) * 7,
    "accounts:mobile": (302, 200, 200) + (404,) * 6 + (404,),
    "accounts:mobile_codes": (302, 302, 302) + (404,) * 7,  # nobody asked for codes
    "accounts:mobile_stop": (302, 302, 302) + (404,) * 7,  # back to the profile, or to sign in
    "accounts:mobile_stop_link": ANYBODY,  # whoever has the link of the SMS
    "accounts:sign_out": _all(302),
    "accounts:sign_out_everywhere": _all(302),
    "accounts:forget_pages": ANYBODY,
    "accounts:profile": SIGNED_IN,
    "accounts:password": SIGNED_IN,
    "accounts:terms": ANYBODY,
    "accounts:terms_version": ANYBODY,
    "accounts:captcha_new": ANYBODY,
    "accounts:captcha_image": ANYBODY,
    "accounts:cookies": ANYBODY,
    "accounts:office_enrol": (302, 403, 403) + (200,) * 7,
    "accounts:office_again": (302, 403, 403) + (200,) * 7,
    "accounts:office_verify": (302, 403, 403)
    + (200,) * 6
    + (302,),  # without a device: to enrolment
    "notifications:notices": SIGNED_IN,
    "notifications:mark_read": _all(302),  # back to the list, or to sign in
    "notifications:sms_choice": SIGNED_IN,
    "notifications:put_away": _all(302),  # back to the page, or to sign in
    "notifications:open_notice": (302, 302) + (404,) * 8,
    "notifications:sms_status": _all(404),  # the provider's alone, by its secret
    "sites:place_new": SIGNED_IN,
    "sites:place_create": SIGNED_IN,
    "sites:place_edit": _owners(),
    "sites:place_archive": _owners(),
    "sites:place_restore": _owners(302),
    "sites:city_suggest": ANYBODY,
    "sites:category_suggest": ANYBODY,
    "sites:locality_suggest": ANYBODY,
    "sites:laboratory_choices": ANYBODY,
    "sites:category_browse": ANYBODY,
    "inspections:request_visit": _owners(),
    "inspections:criteria": ANYBODY,
    "inspections:request": _owners(),
    "inspections:request_sheet": _owners(),
    "inspections:report": _owners(),
    "inspections:photo": _owners(),
    "inspections:withdraw": _owners(),
    "inspections:place_sold": _owners(302),  # this place has no certificate
    "inspections:complain": _owners(409),  # nothing to complain about yet
    "inspections:another_time": _owners(),
    "inspections:choose_laboratory": _owners(409),  # its laboratory is there
    "inspections:missed_visit": _owners(409),  # its time is not over yet
    "inspections:name_hours": _owners(),
    "inspections:visit_ics": _owners(),
    "inspections:expert_feed": ANYBODY,  # the secret opens it
    "inspections:slot_confirm": _owners(),
    "inspections:slot_decline": _owners(),
    "inspections:certificate": _owners(),
    "inspections:certificate_pdf": _owners(202),  # no worker made it yet
    "inspections:check": ANYBODY,
    "inspections:public_certificate": ANYBODY,
    "inspections:public_certificate_pdf": _all(202),
    "inspections:expert_check": ANYBODY,
    "billing:cart": SIGNED_IN,
    "billing:checkout": SIGNED_IN,  # the sum differs: the cart is shown again
    "billing:cart_remove": _owners(),
    "billing:orders": SIGNED_IN,
    "billing:order": _owners(),
    "billing:difference": _owners(302),  # to the order, or to the request where nothing is due
    "billing:go_to_bank": _owners(),
    "billing:callback": ANYBODY,
    "billing:result": ANYBODY,
    "billing:receipt": _owners(),
    "billing:refund_iban": _owners(),
    "billing:cart_proforma": SIGNED_IN,  # the sum differs: the cart is shown again
    "billing:to_pay": (302, 200) + (302,) * 8,  # without such orders: to the list of payments
    "billing:proforma": _owners(),
    "billing:proforma_pdf": _owners(),
    "billing:proforma_withdraw": _owners(),
    "billing:report_transfer": _owners(),
    "billing:receipt_pdf": _owners(),
    "billing:order_buyer": _owners(),
    "billing:invoice": _owners(),
    "billing:invoice_pdf": _owners(),
}

OFFICE: dict[str, Row] = {
    "admin:index": _office(200, 200, 200, 200, 200, 200),
    "admin:login": _all(302),
    "admin:logout": _office(200, 200, 200, 200, 200, 200),
    "admin:password_change": _all(302),  # the portal's own page
    "admin:password_change_done": _office(200, 200, 200, 200, 200, 200),
    "admin:autocomplete": _office(403, 403, 403, 403, 403, 403),
    "admin:jsi18n": _office(200, 200, 200, 200, 200, 200),
    "admin:view_on_site": _office(404, 404, 404, 404, 404, 404),
    "admin:app_list": _office(200, 200, 200, 200, 200, 200),
    "office/(?P<url>.*)$": _office(404, 404, 404, 404, 404, 404),
    "admin:find": _office(200, 200, 200, 200, 200, 200),
    "admin:import_index": _office(403, 403, 403, 403, 200, 200),
    "admin:import_kind": _office(403, 403, 403, 403, 403, 200),
    "admin:import_result": _office(403, 403, 403, 403, 403, 200),
    "admin:import_present_csv": _office(403, 403, 403, 403, 403, 200),
    "admin:import_template_csv": _office(403, 403, 403, 403, 403, 200),
    "admin:import_file_csv": _office(403, 403, 403, 403, 403, 404),  # kept nowhere
    "admin:request_story": _office(200, 404, 200, 200, 200, 200),
    "admin:accounts_user_help": _office(403, 403, 403, 200, 403, 200),
    "admin:accounts_user_act": _office(403, 403, 403, 302, 403, 403),  # first the check
    "admin:accounts_user_act_place": _office(403, 403, 403, 302, 403, 403),
    "admin:accounts_user_act_place_edit": _office(403, 403, 403, 302, 403, 403),
    "admin:accounts_user_mobile": _office(403, 403, 403, 302, 403, 302),  # first the check
    "admin:accounts_user_second_factor": _office(403, 403, 403, 200, 403, 200),
    "admin:accounts_secondfactorreset_approve": _office(403, 403, 403, 403, 403, 200),
    "admin:accounts_secondfactorreset_refuse": _office(403, 403, 403, 403, 403, 200),
    "admin:accounts_mobilechange_approve": _office(403, 403, 403, 200, 403, 200),
    "admin:accounts_mobilechange_stop": _office(403, 403, 403, 200, 403, 200),
    # 302 is a step that is the person's, and not open now; 403 one that is never theirs.
    "admin:billing_paymentattempt_review": _office(404, 404, 404, 404, 200, 200),
    "admin:billing_paymentattempt_review_one": _office(404, 404, 404, 404, 200, 200),
    "admin:billing_paymentattempt_review_step": _office(404, 404, 404, 404, 302, 302),
    "admin:billing_order_exports": _office(403, 403, 403, 403, 200, 403),
    "admin:billing_bankfile_compare": _office(403, 403, 403, 403, 302, 403),
    "admin:billing_bankfilerow_settle": _office(403, 403, 403, 403, 200, 403),
    "admin:billing_invoice_pdf": _office(403, 403, 403, 403, 200, 403),
    "admin:billing_invoice_tax": _office(403, 403, 403, 403, 200, 403),
    "admin:inspections_visitrequest_today": _office(200, 200, 403, 403, 403, 403),
    "admin:inspections_visitrequest_unassigned": _office(403, 403, 200, 403, 403, 403),
    "admin:inspections_closure_visits": _office(403, 403, 403, 403, 403, 200),
    "admin:inspections_conflictofinterest_end": _office(403, 403, 200, 403, 403, 403),
    "admin:inspections_visitrequest_feed": _office(200, 200, 403, 403, 403, 403),
    "admin:inspections_visitrequest_call": _office(200, 404, 403, 403, 403, 403),
    "admin:inspections_visitrequest_propose": _office(200, 404, 403, 403, 403, 403),
    "admin:inspections_visitrequest_assign": _office(403, 404, 200, 403, 403, 403),
    "admin:inspections_visitrequest_report": _office(302, 404, 403, 403, 403, 403),
    "admin:inspections_visitrequest_photo": _office(200, 404, 200, 200, 404, 404),
    "admin:inspections_visitrequest_endorse": _office(403, 404, 302, 403, 403, 403),
    "admin:inspections_visitrequest_send_back": _office(403, 404, 302, 403, 403, 403),
    "admin:inspections_visitrequest_move": _office(200, 404, 200, 200, 403, 403),
    "admin:inspections_visitrequest_reschedule": _office(200, 404, 200, 200, 403, 403),
    "admin:inspections_visitrequest_correct": _office(403, 404, 403, 200, 403, 403),
    "admin:inspections_visitrequest_cancel": _office(403, 404, 403, 200, 403, 403),
    "admin:inspections_criteriaset_copy": _office(403, 403, 403, 403, 403, 200),
    "admin:inspections_criteriaset_publish": _office(403, 403, 403, 403, 403, 302),  # it is already
    "admin:inspections_complaint_decide": _office(403, 403, 403, 200, 403, 200),
    "admin:inspections_certificate_revoke": _office(403, 404, 200, 403, 403, 403),
    "admin:inspections_certificate_supersede": _office(403, 404, 200, 403, 403, 403),
    "admin:inspections_certificate_paper": _office(302, 404, 302, 302, 403, 302),  # not made yet
    "admin:billing_refundcase_ask": _office(403, 403, 403, 403, 200, 403),
    "admin:billing_refundcase_approve": _office(403, 403, 403, 403, 200, 403),
    "admin:billing_refundcase_reverse": _office(403, 403, 403, 403, 302, 403),
    "admin:billing_refundcase_by_hand": _office(403, 403, 403, 403, 302, 403),
    "admin:billing_refundcase_decide": _office(403, 403, 403, 403, 302, 403),
    "admin:billing_refundcase_refuse": _office(403, 403, 403, 403, 200, 403),
    "admin:billing_sharestatement_months": _office(403, 403, 403, 403, 200, 403),
    "admin:billing_sharestatement_close": _office(403, 403, 403, 403, 200, 403),
    "admin:billing_sharestatement_paid": _office(403, 403, 403, 403, 200, 403),
    "admin:billing_sharestatement_csv": _office(403, 403, 200, 403, 200, 200),
    "admin:billing_sharestatement_pdf": _office(403, 403, 200, 403, 200, 200),
    "admin:billing_banktransfer_match": _office(403, 403, 403, 403, 200, 403),
    "admin:billing_banktransfer_return": _office(403, 403, 403, 403, 200, 403),
    "admin:billing_banktransfer_reject": _office(403, 403, 403, 403, 302, 403),
    "admin:billing_banktransfer_unmatch": _office(403, 403, 403, 403, 302, 403),
}


@dataclass(frozen=True)
class Pages:
    """Who may open a model's list and rows, its form for a new row, and its question before deleting.

    `unseen`: for whom the row that is tried lies outside what they may see.
    """

    view: str
    add: str = ""
    delete: str = ""
    unseen: str = ""
    # Whether the list goes out as a file: to all who may open it; where they see no row, they are led back to it.
    exports: bool = False


MODELS: dict[str, Pages] = {
    "septam/auditevent": Pages("manager", exports=True),
    "notifications/smsmessage": Pages("support manager", exports=True),
    "notifications/announcement": Pages("manager", add="manager", delete="manager"),
    "septam_sites/province": Pages("support finance manager"),
    "septam_sites/city": Pages("support manager", add="manager"),
    "septam_sites/category": Pages("support manager", add="manager"),
    "septam_sites/laboratory": Pages("lab_manager support finance manager", add="manager"),
    "septam_sites/cloudproduct": Pages("support finance manager", add="manager"),
    "septam_sites/place": Pages("support manager", exports=True),
    "accounts/user": Pages("support manager", add="manager", exports=True),
    "accounts/staffassignment": Pages("manager", add="manager"),
    "accounts/mobilechange": Pages("support manager"),
    "accounts/accountclosing": Pages("support manager"),
    "accounts/secondfactorreset": Pages("support manager"),
    "accounts/termsversion": Pages("manager", add="manager"),
    "inspections/holiday": Pages("manager", add="manager", delete="manager"),
    "inspections/closure": Pages("manager", add="manager", delete="manager"),
    "inspections/expertleave": Pages(
        "expert other_expert lab_manager manager",
        add="expert other_expert lab_manager", delete="expert other_expert lab_manager",
        unseen="other_expert support finance",
    ),
    "inspections/expertplan": Pages(
        "expert other_expert lab_manager manager", add="lab_manager manager", delete="lab_manager manager",
        unseen="other_expert support finance",
    ),
    "inspections/specialhours": Pages("manager", add="manager", delete="manager"),
    "inspections/conflictofinterest": Pages(
        "expert other_expert lab_manager manager",
        add="expert other_expert lab_manager",
        unseen="other_expert support finance",
    ),
    "inspections/certificate": Pages(
        "expert other_expert lab_manager support manager", unseen="other_expert", exports=True
    ),
    "inspections/complaint": Pages("support manager"),
    "inspections/criteriaset": Pages("manager", add="manager"),
    "inspections/visitrequest": Pages(
        "expert other_expert lab_manager support finance manager", unseen="other_expert", exports=True
    ),
    "portal/supportthread": Pages(
        "support finance manager", unseen="expert other_expert lab_manager finance"
    ),
    "portal/cannedanswer": Pages("support manager", add="support manager"),
    "billing/vatrate": Pages("finance manager", add="finance"),
    "billing/tariff": Pages("finance manager", add="finance"),
    "billing/travelfee": Pages("finance manager", add="finance"),
    "billing/cloudtariff": Pages("finance manager", add="finance"),
    "billing/bankfile": Pages("finance manager", add="finance"),
    "billing/invoice": Pages("finance"),
    "billing/order": Pages("support finance manager"),
    "billing/paymentattempt": Pages("support finance manager"),
    "billing/banktransfer": Pages("support finance manager", add="finance"),
    "billing/refundcase": Pages("support finance manager"),
    "billing/sharerule": Pages("finance manager", add="finance"),
    "billing/sharestatement": Pages(
        "lab_manager finance manager", unseen="expert other_expert support"
    ),
}  # fmt: skip


def _pages_of(model: str, pages: Pages) -> Iterator[tuple[str, Row]]:
    def row(allowed: str, unseen: str = "") -> Row:
        def status(person: str) -> int:
            if person not in allowed.split():
                return 403
            return 404 if person in unseen.split() else 200

        return _office(*(status(person) for person in STAFF))

    name = "admin:" + model.replace("/", "_")
    yield f"{name}_changelist", row(pages.view)
    yield f"{name}_add", row(pages.add)
    yield f"{name}_change", row(pages.view, pages.unseen)
    yield f"{name}_delete", row(pages.delete, pages.unseen)
    # Django looks for the row before it asks for the permission here.
    everyone_unseen = f"{pages.view} {pages.unseen}"
    yield f"{name}_history", row(everyone_unseen, pages.unseen)
    yield f"office/{model}/<path:object_id>/", _all(302)
    if pages.exports:
        file = row(pages.view, pages.unseen)
        yield f"{name}_export", tuple(302 if status == 404 else status for status in file)


TABLE: dict[str, Row] = PORTAL | OFFICE
for _model, _pages in MODELS.items():
    TABLE |= dict(_pages_of(_model, _pages))
    if _pages.exports:
        POSTED["admin:" + _model.replace("/", "_") + "_export"] = {"format": "csv"}
