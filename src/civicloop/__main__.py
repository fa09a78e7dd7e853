from civicloop.config.cli import main

main()
