"""Data files → core: reads questionnaires/ and says everything that is wrong with it, by file and line."""
