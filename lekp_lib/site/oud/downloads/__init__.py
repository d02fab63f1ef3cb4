"""Downloads beside a report: spreadsheet, CSV with its description, figures as files, and how to cite them."""
