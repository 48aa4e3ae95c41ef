"""Signing in, second steps, sessions and passwords: django-allauth, with our words and records."""
