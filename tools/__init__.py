"""Tools of the house: they run from a clone, before anything is installed, with the standard library alone unless they say so."""
