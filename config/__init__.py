"""The YAML of both offices: its schema, its loading, its examples; and the translations."""
