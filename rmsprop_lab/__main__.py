"""`python -m rmsprop_lab` is the command `rmsprop-lab`."""

from rmsprop_lab.cli import main

if __name__ == "__main__":
    main()
