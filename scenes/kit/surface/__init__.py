"""The landscape as a surface that is looked at from the side, and tilted until it is the map."""
