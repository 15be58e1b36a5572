"""What an automation can do: typed operations in packages, and the registry of them."""
