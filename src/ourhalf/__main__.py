"""`python -m ourhalf` is `ourhalf`."""

from ourhalf.cli.main import main

if __name__ == "__main__":
    main()
