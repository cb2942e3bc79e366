"""Pages for people without an account: no script, nothing from elsewhere, zh first."""
