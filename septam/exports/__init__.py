"""Tables that people take out of the office as CSV or XLSX: columns, cells that are no formulas, row after row."""
