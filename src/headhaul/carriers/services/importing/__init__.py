"""Bulk files into tables: any size in constant memory, any public layout, nothing or everything."""
