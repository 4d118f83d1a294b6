"""Where the types made from the models live; strawberry looks their names up here."""
