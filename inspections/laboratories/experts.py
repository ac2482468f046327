"""Who is an expert of a laboratory, and what an owner may know of one."""

from accounts.models import Role, StaffAssignment, User


def assignment_of(expert: User | None, laboratory_id: int) -> StaffAssignment | None:
    """The expert's active role at the laboratory; None for anybody else."""
    if expert is None or not (expert.is_active and expert.is_staff):
        return None
    return StaffAssignment.objects.filter(
        user_id=expert.pk, role=Role.EXPERT, laboratory_id=laboratory_id, active=True
    ).first()


def code_of(expert: User | None, laboratory_id: int) -> str:
    """The expert's public code; empty where there is none."""
    assignment = assignment_of(expert, laboratory_id)
    return assignment.code if assignment else ""
