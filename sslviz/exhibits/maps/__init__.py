"""Maps of the representation, in the plane and in space, and how not to misread them."""
