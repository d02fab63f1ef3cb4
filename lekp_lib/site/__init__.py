"""The site around the reports: home, search, pages per municipality and per target, editions."""
