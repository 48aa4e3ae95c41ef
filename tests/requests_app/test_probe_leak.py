import pytest
from tests.requests_app.test_personal_data import *  # noqa
for name in [n for n in dir() if n.startswith("test_")]:
    del globals()[name]
pytestmark = pytest.mark.django_db
def test_probe(opened):
    client = signed_in(factories.person("auditor", opened.entity))
    for path in pages(opened):
        shown = body(client.get(path, follow=True)).decode()
        low = shown.casefold()
        for m in MARKERS:
            i = low.find(m.casefold())
            if i >= 0:
                print("LEAK", path, m, repr(shown[max(0, i-160):i+40])); break
