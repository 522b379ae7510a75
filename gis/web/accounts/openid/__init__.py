"""Signing in through an identity provider by OpenID Connect, where the setting `OIDC_ISSUER` names one."""
