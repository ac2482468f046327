"""App configuration of places and the reference data that describes them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    """Provinces, cities, categories, laboratories, cloud products and places."""

    name = "sites"
    # django.contrib.sites has the plain label.
    label = "septam_sites"
    verbose_name = _("Places and reference data")

    def ready(self) -> None:
        """Tell what places keep about people."""
        from septam import personal_data as registered_data
        from sites import personal_data

        registered_data.register(personal_data.KEEPER)
