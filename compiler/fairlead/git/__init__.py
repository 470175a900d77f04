"""Git as far as Fairlead reads it: commits, trees and files, by the program `git` alone and without a network."""
