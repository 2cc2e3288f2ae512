"""Files and rows on their way to becoming records."""
