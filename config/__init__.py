"""The YAML's schema, its loading, its examples and the translations."""
