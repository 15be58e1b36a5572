"""The Composer's script, as `scores/composer/bundle.py` made it."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

SCRIPT, STYLE = "scores/composer.js", "scores/composer.css"


def bundled() -> dict[str, str] | None:
    """Addresses of `script` and `style`, new with each bundle; None when it has not been bundled."""
    found = finders.find(SCRIPT)
    if not isinstance(found, str):
        return None
    with Path(found).open(encoding="utf-8") as script:
        digest = script.readline().strip("/* \n")
    return {"script": f"{static(SCRIPT)}?{digest}", "style": f"{static(STYLE)}?{digest}"}
