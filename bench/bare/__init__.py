"""The yardstick: a Django project with nothing but what every signed-in page needs."""
