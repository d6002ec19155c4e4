"""What a region knows, as rows of tables: plain data, no behaviour."""
