"""The namespace of the types generated from the models, in which strawberry looks up names."""
