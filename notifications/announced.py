"""Announcements: what staff tell everybody, owners or staff on top of the pages, and who put one away."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Who reads an announcement."""

    EVERYBODY = "everybody", _("Everybody, without an account too")
    OWNERS = "owners", _("Owners who are signed in")
    STAFF = "staff", _("All staff")


class Urgency(models.TextChoices):
    """How it looks."""

    NEWS = "news", _("News")
    WARNING = "warning", _("Warning")
    DISRUPTION = "disruption", _("Disruption")


class Announcement(models.Model):
    """A text that stands on the pages from its first day to its last, both included, in Tehran."""

    text = models.CharField(_("Text"), max_length=500)
    audience = models.CharField(
        _("Who reads it"), max_length=10, choices=Audience.choices, default=Audience.EVERYBODY
    )
    urgency = models.CharField(
        _("Urgency"), max_length=10, choices=Urgency.choices, default=Urgency.NEWS
    )
    first_day = models.DateField(_("First day"))
    last_day = models.DateField(_("Last day"))

    class Meta:
        verbose_name = _("Announcement")
        verbose_name_plural = _("Announcements")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="announcement_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class PutAway(models.Model):
    """That somebody who is signed in read an announcement and wants it no longer."""

    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="put_away")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("Announcement that was put away")
        verbose_name_plural = _("Announcements that were put away")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "announcement"], name="announcement_put_away_once"
            )
        ]
