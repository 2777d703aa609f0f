"""cleaner inside of other people's engines. Each module knows one engine, which an optional extra
installs, and of this package the public API alone. Recipes: README.md beside this file."""
