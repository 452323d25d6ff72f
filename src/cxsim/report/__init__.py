"""What people read of a comparison: text, figures, the one-page summary, stories, tables as files."""
