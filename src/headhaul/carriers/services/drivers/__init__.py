"""The driver pool: from files of any shape or pushed in batches, without anything personal."""
