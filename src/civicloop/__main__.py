"""`python -m civicloop`: the console command where no script is installed."""

from civicloop.config.cli import main

main()
