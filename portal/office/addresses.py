"""The addresses of the office's pages that join apps, registered when the apps are ready."""

from django.utils.translation import gettext_lazy as _

from portal.imports import kinds
from portal.imports import pages as imports
from portal.office import daily_work, find_view, story_view
from septam.office.pages import OfficePage, link
from septam.office.pages import register as add


def register() -> None:
    """The search, the story of a request, the imports; and support's daily work."""
    link(*daily_work.LINKS)
    add(OfficePage("find/", "find", find_view.find_page))
    add(OfficePage("story/<int:pk>/", "request_story", story_view.story_page))
    add(
        OfficePage(
            "import/",
            "import_index",
            imports.index_page,
            _("Import from CSV"),
            lambda user: bool(kinds.permitted(user)),
        )
    )
    add(OfficePage("import/file/<int:pk>/", "import_result", imports.result_page))
    add(OfficePage("import/file/<int:pk>/file.csv", "import_file_csv", imports.file_csv))
    add(OfficePage("import/<slug:kind>/", "import_kind", imports.kind_page))
    add(OfficePage("import/<slug:kind>/present.csv", "import_present_csv", imports.present_csv))
    add(OfficePage("import/<slug:kind>/template.csv", "import_template_csv", imports.template_csv))
