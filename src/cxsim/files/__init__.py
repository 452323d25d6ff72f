"""Files: where they are searched, how they are read and written, and what is wrong with them, by line."""
