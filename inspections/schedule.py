"""Periodic jobs of this app."""

from datetime import timedelta

from septam import jobs, kept_files


def register_jobs() -> None:
    """Tell the workers what is to be done, and how often."""
    from inspections import forgetting, workflow
    from inspections.certificates import expiry
    from inspections.certificates import pdf as certificate_pdf
    from inspections.laboratories import offers as laboratory_offers
    from inspections.models import Certificate, VisitPhoto
    from inspections.reports import drafts, photos
    from inspections.visits import closing, reminders

    kept_files.register(photos.FOLDER, (VisitPhoto, "file"))
    papers = (Certificate, "pdf"), (Certificate, "public_pdf")
    kept_files.register(certificate_pdf.FOLDER, *papers)
    jobs.register("inspections.lapse_proposals", timedelta(minutes=1), workflow.lapse_proposals)
    jobs.register(
        "inspections.remind_of_proposals", timedelta(minutes=15), reminders.remind_of_proposals
    )
    jobs.register(
        "inspections.remind_of_tomorrow", timedelta(minutes=15), reminders.remind_of_tomorrow
    )
    jobs.register("inspections.ask_about_visits", timedelta(minutes=15), reminders.ask_about_visits)
    jobs.register(
        "inspections.remind_of_revisits", timedelta(minutes=15), reminders.remind_of_revisits
    )
    jobs.register(
        "inspections.offer_laboratories", timedelta(minutes=5), laboratory_offers.offer_due
    )
    jobs.register("inspections.move_closed_days", timedelta(seconds=15), closing.move_due)
    jobs.register("inspections.make_papers", timedelta(seconds=15), certificate_pdf.make_missing)
    jobs.register("inspections.remind_of_expiry", timedelta(minutes=5), expiry.remind)
    jobs.register("inspections.forget_drafts", timedelta(hours=1), drafts.forget_ended)
    jobs.register("inspections.forget_contacts", timedelta(hours=1), forgetting.forget_contacts)
    jobs.register("inspections.forget_photos", timedelta(hours=1), forgetting.forget_photos)
