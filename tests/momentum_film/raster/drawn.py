"""Pictures for encoders, in the channels that they want colours to be drawn as."""

import numpy as np

from momentum_film.raster.encode.base import Encoder


def drawn(encoder: Encoder, pixels: np.ndarray) -> np.ndarray:
    """(height, width, 4) uint8 of RGBA, as a canvas would have drawn it for an encoder."""
    channels = np.round(255 * encoder.channels(pixels[..., :3] / 255)).astype(np.uint8)
    return np.concatenate([channels, pixels[..., 3:]], axis=2)
