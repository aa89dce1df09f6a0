"""One file per noun; a page is one function."""
