from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "gis.exchange"
    label = "exchange"
