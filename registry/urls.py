"""Addresses of the registry."""

from django.urls import URLPattern, path

from registry.api import (
    developers,
    drivers,
    erasures,
    exports,
    recoveries,
    sessions,
    vehicles,
    wallets,
)
from registry.page_urls import pages

api: list[URLPattern] = [
    path("drivers", drivers.DriversView.as_view(), name="drivers"),
    path("drivers/me", drivers.MyDriverView.as_view(), name="driver_me"),
    path("drivers/me/export", exports.ExportView.as_view(), name="export"),
    path("drivers/me/wallets", wallets.WalletsView.as_view(), name="wallets"),
    path("drivers/me/wallets/<uuid:wallet_id>", wallets.WalletView.as_view(), name="wallet"),
    path("wallet-challenges", wallets.ChallengesView.as_view(), name="wallet_challenges"),
    path("wallet-sessions", wallets.WalletSessionsView.as_view(), name="wallet_sessions"),
    path("vault", drivers.VaultView.as_view(), name="vault"),
    path("vault-parameters", drivers.VaultParametersView.as_view(), name="vault_parameters"),
    path("sessions", sessions.SessionsView.as_view(), name="sessions"),
    path("sessions/current", sessions.CurrentSessionView.as_view(), name="session"),
    path("sessions/<uuid:device_id>", sessions.SessionView.as_view(), name="device"),
    path("recoveries", recoveries.RecoveriesView.as_view(), name="recoveries"),
    path(
        "recoveries/<uuid:recovery_id>/answer",
        recoveries.AnswerView.as_view(),
        name="recovery_answer",
    ),
    path("vehicles", vehicles.VehiclesView.as_view(), name="vehicles"),
    path("vehicles/<uuid:vehicle_id>", vehicles.VehicleView.as_view(), name="vehicle"),
    path("developers", developers.DevelopersView.as_view(), name="developers"),
    path("developers/me", developers.MyDeveloperView.as_view(), name="developer_me"),
    path(
        "developers/<uuid:developer_id>/accreditation",
        developers.AccreditationView.as_view(),
        name="accreditation",
    ),
    path("api-keys", developers.ApiKeysView.as_view(), name="api_keys"),
    path("api-keys/<uuid:key_id>", developers.ApiKeyView.as_view(), name="api_key"),
    path("erasures", erasures.ErasuresView.as_view(), name="erasures"),
    path("erasures/<uuid:erasure_id>", erasures.ErasureView.as_view(), name="erasure"),
]

__all__ = ["api", "pages"]
