"""Live connectors: one module per provider; what they fetch is imported exactly as if a person had handed it over."""
