"""Makes `maestro.site` the site that admin pages register with."""

from django.contrib.admin.apps import AdminConfig


class MaestroAdminConfig(AdminConfig):
    default_site = "maestro.site.Site"
