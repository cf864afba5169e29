"""What all pages share: the frame, the address, controls, the picture component, the page of a method."""
