"""Addresses of the registry's pages."""

from django.urls import URLPattern, path

from registry import pages as doors

pages: list[URLPattern] = [
    path("join", doors.sign_up, name="sign_up"),
    path("join/developer", doors.developer_sign_up, name="developer_sign_up"),
    path("sign-in", doors.sign_in, name="sign_in"),
    path("sign-in/recovery", doors.recover, name="recover"),
    path("sign-in/lost", doors.lost, name="lost"),
    path("settings", doors.settings, name="settings"),
    path("vehicles", doors.vehicles, name="vehicles"),
    path("my-data", doors.my_data, name="my_data"),
    path("api-keys", doors.api_keys, name="api_keys"),
    path("accreditations", doors.accreditations, name="accreditations"),
]
