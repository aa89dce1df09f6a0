"""Core → PDF: an assessment and a folder of templates become the printed improvement report."""
