"""Kept figures of days, so that a chart over months reads a few thousand small rows however many places there are."""

from typing import ClassVar

from django.db import models


class Grain(models.IntegerChoices):
    """What a row is summed over; the columns that it is summed over are empty."""

    DETAIL = 0  # a laboratory, a province, a category
    PLACES = 1  # a laboratory and a province
    CATEGORY = 2  # a category, the whole country
    TOTAL = 3  # a day, the whole country
    LABORATORIES = 4  # a laboratory
    # Of days to come: certificates by their last day.
    ENDS_OF_PLACES = 5  # a laboratory and a province
    ENDS = 7  # the whole country


class DayFigures(models.Model):
    """What happened on a day of Tehran; `portal.board.figures` alone writes it.

    It is made anew from the steps of the requests, which are only ever added, so that a day that is over does not
    change. Numbers in place of foreign keys: nothing is ever looked up from here, and rows are made by the thousand.
    """

    grain = models.PositiveSmallIntegerField(choices=Grain.choices)
    day = models.DateField()
    laboratory_id = models.BigIntegerField(null=True)
    province_id = models.BigIntegerField(null=True)
    category_id = models.BigIntegerField(null=True)
    paid = models.IntegerField(default=0)
    visited = models.IntegerField(default=0)
    absent = models.IntegerField(default=0)
    conforming = models.IntegerField(default=0)
    nonconforming = models.IntegerField(default=0)
    # Certificates whose last day this is, in rows of the last two grains.
    ending = models.IntegerField(default=0)
    base_rial = models.BigIntegerField(default=0)
    vat_rial = models.BigIntegerField(default=0)
    returned_rial = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["grain", "day", "laboratory_id", "province_id", "category_id"],
                nulls_distinct=False,
                name="day_figures_once",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["grain", "laboratory_id", "day"], name="figures_laboratory"),
            models.Index(fields=["grain", "province_id", "day"], name="figures_province"),
        ]


class FiguresKept(models.Model):
    """Until when the figures are complete; one row, pk 1."""

    until = models.DateTimeField()
