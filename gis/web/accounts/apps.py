from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "gis.web.accounts"
    label = "accounts"
