"""The project's settings, and one app more: models that only the recorder's tests need."""

from __future__ import annotations

from config import settings as product

globals().update({name: value for name, value in vars(product).items() if name.isupper()})

INSTALLED_APPS = [*product.INSTALLED_APPS, "tests.recorder_models"]
