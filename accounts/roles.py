"""Roles as Django groups: what each may do in the office. The object scope comes on top (accounts.scope).

Permissions are named «app.codename»; those of apps further down are strings here, so that nothing is
imported upwards. `view`, `add` and `change` open the office's pages; status, amounts and results change
only through actions that call the domain's verbs.
"""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from accounts.models import Role, StaffAssignment, User


def _of(app: str, verbs: str, models: str) -> set[str]:
    return {f"{app}.{verb}_{model}" for verb in verbs.split() for model in models.split()}


_REFERENCE = "province city category categoryname laboratory coverage cloudproduct"
_INSPECTION = "visitrequest requestevent visitslot calllog visitreport reportanswer certificate"
# Laboratories read of a place what its paid request keeps; the list of all places is not theirs.
# No places: a request carries what its expert must know, and other places are none of a laboratory's business.
_VISIT_WORK = (
    _of("inspections", "view", _INSPECTION)
    | _of("inspections", "add change", "visitslot calllog visitreport reportanswer")
    | _of("inspections", "change", "visitrequest")
)
# Which conversations they reach follows from answer_any_support or answer_payment_support.
_SUPPORT_WORK = _of("portal", "view change", "supportthread")

PERMISSIONS: dict[str, set[str]] = {
    Role.EXPERT: (
        _VISIT_WORK
        | _of("inspections", "view add change delete", "expertleave")
        | _of("inspections", "view", "expertplan experthours")
        | _of("inspections", "view add", "conflictofinterest")
    ),
    Role.LAB_MANAGER: (
        _VISIT_WORK
        | _of("inspections", "change", "certificate")
        | _of("inspections", "view add change delete", "expertleave expertplan experthours")
        | _of("inspections", "view add", "conflictofinterest")
        | _of("septam_sites", "view", "laboratory coverage")
        | _of("billing", "view", "sharestatement")
    ),
    Role.SUPPORT: (
        _of("accounts", "view", "user profile mobilechange secondfactorreset accountclosing")
        | {"accounts.send_password", "accounts.act_for_owner"}
        | _of("septam_sites", "view change", "place")
        | _of("septam_sites", "view", _REFERENCE)
        | _of("inspections", "view", _INSPECTION)
        | _of("inspections", "change", "visitrequest")
        | _of("inspections", "view change", "complaint")
        | _of("notifications", "view change", "smsmessage")
        | _of("notifications", "view", "notice")
        | _of("billing", "view", "order orderline paymentattempt paymentevent refundcase")
        | _of("billing", "view", "banktransfer proforma")
        | _SUPPORT_WORK
        | _of("portal", "view add change", "cannedanswer")
        | {"portal.answer_any_support"}
    ),
    Role.FINANCE: (
        _of("billing", "view add change delete", "tariff travelfee vatrate cloudtariff")
        | _of("billing", "view add change", "bankfile bankfilerow")
        | {"billing.export_money"}
        | {"billing.review_payment"}
        | _of("billing", "view change", "order orderline paymentattempt paymentevent")
        | _of("billing", "view add change", "banktransfer")
        | _of("billing", "view", "proforma")
        | _of("billing", "view change", "refundcase")
        | _of("billing", "view add change", "sharerule")
        | _of("billing", "view change", "sharestatement")
        | _of("billing", "view", "invoice invoiceline taxsubmission")
        | _of("billing", "add", "taxsubmission")
        | _of("inspections", "view", "visitrequest")
        | _of("septam_sites", "view", "laboratory province cloudproduct")
        | _SUPPORT_WORK
        | {"portal.answer_payment_support"}
    ),
    Role.MANAGER: (
        _of("accounts", "view add change", "user staffassignment termsversion")
        | _of("accounts", "view", "profile mobilechange secondfactorreset accountclosing")
        | {"accounts.send_password", "accounts.delete_staffassignment"}
        | _of("septam_sites", "view add change", _REFERENCE)
        | _of("septam_sites", "delete", "coverage categoryname")
        | _of("septam_sites", "view", "place")
        | _of("inspections", "view add change", "criteriaset criterion resultrule holiday closure")
        | _of("inspections", "delete", "criterion resultrule holiday closure")
        | _of("inspections", "view change", "complaint")
        | _of("inspections", "view", f"{_INSPECTION} expertleave")
        | _of("inspections", "view add change delete", "expertplan experthours specialhours")
        | _of("inspections", "view", "conflictofinterest")
        | _of(
            "billing", "view", "tariff travelfee vatrate cloudtariff order orderline paymentattempt"
        )
        | _of("billing", "view", "bankfile bankfilerow")
        | {"billing.review_payment"}
        | _of("billing", "view", "sharerule sharestatement refundcase")
        | _of("billing", "view", "banktransfer proforma")
        | _of("notifications", "view change", "smsmessage")
        | _of("notifications", "view", "notice")
        | _of("notifications", "view add change delete", "announcement")
        | _of("septam", "view", "auditevent")
        | _SUPPORT_WORK
        | _of("portal", "view add change", "cannedanswer")
        | {"portal.answer_any_support"}
    ),
}


def setup() -> list[str]:
    """Make or renew the groups; returns the permissions that no installed model has (a slip to mend)."""
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in _permissions()}
    unknown: set[str] = set()
    with transaction.atomic():
        for role in Role.values:
            group, _new = Group.objects.get_or_create(name=role)
            group.permissions.set(known[name] for name in PERMISSIONS[role] if name in known)
            unknown |= PERMISSIONS[role] - set(known)
    return sorted(unknown)


def _permissions() -> list[Permission]:
    return list(Permission.objects.select_related("content_type"))


def sync_groups(user: User) -> None:
    """Give the person the groups of the active assignments, and no other role's."""
    held = set(
        StaffAssignment.objects.filter(user=user, active=True).values_list("role", flat=True)
    )
    if Group.objects.filter(name__in=held).count() < len(held):
        setup()
    others = user.groups.exclude(name__in=Role.values).values_list("pk", flat=True)
    roles = Group.objects.filter(name__in=held).values_list("pk", flat=True)
    user.groups.set([*others, *roles])
