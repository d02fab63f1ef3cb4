"""What surrounds the reports: home, targets, grids, comparison, calendar, method, data, feeds."""
