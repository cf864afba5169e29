"""Colours as the eye orders them, CIE Lab: how light, how green or red, how blue or yellow; and back to the screen."""

import torch
from torch import Tensor

# sRGB to XYZ (IEC 61966-2-1, D65), and CIE 1976 L*a*b*; white is what R = G = B = 1 gives: grays have a = b = 0.
XYZ = ((0.412453, 0.357580, 0.180423), (0.212671, 0.715160, 0.072169), (0.019334, 0.119193, 0.950227))
LAB = ((0.0, 116.0, 0.0), (500.0, -500.0, 0.0), (0.0, 200.0, -200.0))  # of f(X), f(Y), f(Z); then L is less 16


def rgb_to_lab(rgb: Tensor) -> Tensor:
    """B x 3 x H x W: 0 … 1 -> L 0 … 100, a and b about -110 … 110."""
    linear = torch.where(rgb > 0.04045, ((rgb + 0.055) / 1.055).clamp(min=0) ** 2.4, rgb / 12.92)
    xyz = mix(relative(rgb), linear)
    f = torch.where(xyz > (6 / 29) ** 3, xyz.clamp(min=1e-9) ** (1 / 3), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    return mix(rgb.new_tensor(LAB), f) - rgb.new_tensor([16.0, 0, 0]).view(3, 1, 1)


def lab_to_rgb(lab: Tensor) -> Tensor:
    """The way back; colours that no screen can show are clipped to 0 … 1."""
    f = mix(torch.linalg.inv(lab.new_tensor(LAB)), lab + lab.new_tensor([16.0, 0, 0]).view(3, 1, 1))
    xyz = torch.where(f > 6 / 29, f**3, (f - 4 / 29) * 3 * (6 / 29) ** 2)
    linear = mix(torch.linalg.inv(relative(lab)), xyz)
    rgb = torch.where(linear > 0.0031308, 1.055 * linear.clamp(min=1e-9) ** (1 / 2.4) - 0.055, 12.92 * linear)
    return rgb.clamp(0, 1)


def relative(like: Tensor) -> Tensor:
    """3 x 3: linear RGB -> X, Y, Z, each as a share of white's."""
    xyz = like.new_tensor(XYZ)
    return xyz / xyz.sum(1, keepdim=True)


def mix(matrix: Tensor, x: Tensor) -> Tensor:
    return torch.einsum("dc,bchw->bdhw", matrix, x)
