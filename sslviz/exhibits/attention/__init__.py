"""Where a vision transformer looks: any picture, any recorded moment."""
