"""Pages, forms and access: Flask and WTForms live here only."""
