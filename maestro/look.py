"""How the admin looks: Unfold's colours and names; `maestro.sidebar` makes its sidebar."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

BASE = {
    "50": "oklch(98.4% .003 230)",
    "100": "oklch(96.4% .004 230)",
    "200": "oklch(92.2% .006 230)",
    "300": "oklch(86.6% .010 232)",
    "400": "oklch(71.5% .018 235)",
    "500": "oklch(53.5% .022 238)",
    "600": "oklch(44% .024 240)",
    "700": "oklch(36.5% .025 240)",
    "800": "oklch(27.4% .022 242)",
    "900": "oklch(20.4% .018 244)",
    "950": "oklch(14% .015 246)",
}
PRIMARY = {
    "50": "oklch(97.6% .012 205)",
    "100": "oklch(94.5% .028 208)",
    "200": "oklch(89.5% .052 210)",
    "300": "oklch(81.5% .082 212)",
    "400": "oklch(74.5% .100 214)",
    "500": "oklch(66% .105 216)",
    "600": "oklch(49.5% .090 219)",
    "700": "oklch(43% .080 222)",
    "800": "oklch(37% .066 224)",
    "900": "oklch(32% .054 226)",
    "950": "oklch(23% .042 228)",
}


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Maestro",
    "SITE_HEADER": "Maestro",
    "SITE_SYMBOL": "music_note",
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_HISTORY": False,
    "BORDER_RADIUS": "6px",
    "COLORS": {"base": BASE, "primary": PRIMARY},
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("maestro/icon.svg")}
    ],
    "STYLES": [lambda request: static("maestro/maestro.css")],
    "SCRIPTS": [lambda request: static("maestro/forms.js")],
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "navigation": "maestro.sidebar.navigation",
    },
    "TABS": "maestro.sidebar.tabs",
    "ACCOUNT": {
        "navigation": [
            {"title": "Keyboard", "link": reverse_lazy("admin:keyboard")},
            {"title": "Change password", "link": reverse_lazy("admin:password_change")},
        ]
    },
}
