import pytest
import shop


@pytest.fixture(scope="module")
def sessionspec_app():
    return shop.create_app()
